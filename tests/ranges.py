"""A web server that gives parts of files, as those do that hold Cloud Optimized GeoTIFF."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class RangeServer(ThreadingHTTPServer):
    """Serves one folder. ``on_get`` is called before every answer to a GET, with the number of those before."""

    daemon_threads = True

    def __init__(self, folder: Path, on_get: Callable[[int], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.on_get, self.gets, self.bytes = folder, on_get, 0, 0

    def address(self, name: str) -> str:
        """How GDAL reads a file of the folder."""
        return f"/vsicurl/http://127.0.0.1:{self.server_port}/{name}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RangeServer

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self.server.gets += 1
        self.server.on_get(self.server.gets - 1)
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        path = self.server.folder / self.path.lstrip("/")
        if not path.is_file():
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = whole = path.read_bytes()
        asked = self.headers.get("Range", "")
        if asked:
            first, last = asked.removeprefix("bytes=").split("-")
            start, stop = int(first), min(int(last or len(whole) - 1), len(whole) - 1)
            body = whole[start : stop + 1]
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{stop}/{len(whole)}")
        else:
            self.send_response(200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.server.bytes += len(body)
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path, on_get: Callable[[int], None] = lambda number: None) -> Iterator[RangeServer]:
    """A server of a folder, on a port of its own."""
    server = RangeServer(folder, on_get)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
