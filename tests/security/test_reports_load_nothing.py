"""A report loads nothing and runs nothing, whatever got into it: counted in a browser."""

import http.server
import shutil
import threading
from dataclasses import replace

import pytest
from colearn.engine.contract.job.job_file import job_from_text, job_to_text
from colearn.engine.contract.job.sources import ClassColor
from colearn.engine.contract.manifest.label_classes import LabelClass
from colearn.engine.contract.manifest.manifest_text import manifest_from_text, manifest_to_text
from colearn.engine.contract.wire.codec import CodecError
from colearn.engine.contract.wire.errors import ErrorCode, JobError, ModelError
from colearn.engine.report.pages.page import render

from journeys import train_job
from tests.plugin.manifests import a_manifest
from unprivileged import own_folder, run_unprivileged

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = (
    '<img src="{at}/image"><script>document.title = "ran"; fetch("{at}/fetch")</script>'
    '<script src="{at}/script"></script><link rel="stylesheet" href="{at}/sheet">'
    '<style>@import "{at}/import"; body {{ background: url({at}/style) }}</style>'
    '<p style="background:url({at}/attribute)">a</p><iframe src="{at}/frame"></iframe>'
    '<object data="{at}/object"></object>'
    '<svg><image href="{at}/svg"/></svg><video src="{at}/video" autoplay></video><embed src="{at}/embed">'
    "<style>@font-face {{ font-family: a; src: url({at}/font) }} p {{ font-family: a }}</style>"
    '<img src="x" onerror="document.title = \'ran\'"><link rel="prefetch" href="{at}/prefetch">'
)
STRANGE = (
    "red",
    "url(http://example.org)",
    "#12345",
    "#1234567",
    "#12345g",
    "",
    '#123456;background:url("x")',
    "#123456\n",
)


def page() -> str:
    """A page of the report's own frame."""
    manifest = a_manifest()
    return render("page.html.j2", manifest=manifest)


def browsed(html: str) -> tuple[list[str], str]:
    """What a browser asks for as it shows a page, and the page as it is then."""
    asked = []

    class Nothing(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_words):
            pass

    with own_folder() as folder, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nothing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        hostile = HOSTILE.format(at=f"http://127.0.0.1:{server.server_port}")
        (folder / "report.html").write_text(html.replace("</main>", f"{hostile}</main>"), encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
        options += [f"--user-data-dir={folder}/profile", "--virtual-time-budget=3000", "--dump-dom"]
        address = f"file://{folder}/report.html"
        done = run_unprivileged(CHROMIUM, *options, address, folder=folder, timeout_s=120)
        server.shutdown()
    assert "is self-contained" in done.stdout, done.stderr[-2000:]
    return sorted(set(asked) - {"/favicon.ico"}), done.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (tools/setup.sh installs it)")
def test_a_browser_fetches_nothing_and_runs_nothing():
    asked, shown = browsed(page())
    assert asked == []
    assert "<title>ran" not in shown


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (tools/setup.sh installs it)")
def test_and_would_without_the_policy():
    """Else the test above could not fail."""
    html = page()
    start = html.index('<meta http-equiv="Content-Security-Policy"')
    asked, shown = browsed(html[:start] + html[html.index(">", start) + 1 :])
    assert {"/image", "/fetch", "/script", "/attribute", "/frame", "/svg"} <= set(asked)
    assert "<title>ran" in shown


@pytest.mark.parametrize("color", STRANGE)
def test_a_colour_is_six_digits_in_models_and_jobs(world, tmp_path, color):
    manifest = a_manifest()
    text = manifest_to_text(manifest).replace(
        '"#008000"', f'"{color}"'.replace("\n", "\\n").replace('url("x")', "url(x)")
    )
    with pytest.raises(ModelError) as caught:
        manifest_from_text(text, "model")
    assert caught.value.code is ErrorCode.MODEL_DAMAGED
    assert "color" in caught.value.found
    with pytest.raises(CodecError, match="#rrggbb"):
        ClassColor("a", color)
    job = train_job(world, tmp_path)
    job = replace(job, labels=replace(job.labels, colors=(ClassColor("a", "#010203"),)))
    with pytest.raises(JobError, match="#rrggbb"):
        job_from_text(job_to_text(job).replace('"#010203"', '"red"'))


def test_any_case_of_the_digits_will_do():
    assert LabelClass(1, "a", "#aAbB09").color == "#aAbB09"
