"""Where models and their sessions come from: opened anew for a map, or kept from one map to the next."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Protocol

from ..contract import Event, Message, SensorManifest
from ..model_file import ModelFile
from ..process import Reporter
from .session import MapSession
from .session_choice import SessionOptions, open_session

MOST_SESSIONS = 4  # of one model: two sensors that are compared, each in two precisions


class ModelStore(Protocol):
    """Opens model files, and sessions that run their graphs."""

    def open(self, path: str) -> ModelFile:
        """A model file, looked through.

        Raises:
            ModelError: it cannot be used.
        """

    def session(
        self, model: ModelFile, sensor: SensorManifest, options: SessionOptions, reporter: Reporter
    ) -> MapSession:
        """A session as :func:`.open_session` opens it for one block a thread.

        Raises:
            CoLearnError: as there.
        """


class FreshModels:
    """Opens everything anew."""

    def open(self, path: str) -> ModelFile:
        """A model file, looked through."""
        return ModelFile.open(path)

    def session(
        self, model: ModelFile, sensor: SensorManifest, options: SessionOptions, reporter: Reporter
    ) -> MapSession:
        """A new session."""
        return open_session(model, sensor, options, threads=1, reporter=reporter)


class KeptModels:
    """Keeps the last model and its sessions for as long as the file is the one that was opened."""

    def __init__(self) -> None:
        self._identity: tuple[object, ...] = ()
        self._model: ModelFile | None = None
        self._sessions: dict[tuple[str, SessionOptions], _KeptSession] = {}

    def open(self, path: str) -> ModelFile:
        """The kept model where the file has not changed since; else the file, opened anew, without any session."""
        identity = _identity_of(path)
        if self._model is None or identity is None or identity != self._identity:
            self._identity, self._model = (), None
            self._sessions.clear()  # before the next is opened: memory for both may not be there
            self._model = ModelFile.open(path)
            self._identity = identity or ()
        return self._model

    def session(
        self, model: ModelFile, sensor: SensorManifest, options: SessionOptions, reporter: Reporter
    ) -> MapSession:
        """The kept session, or a new one; what was reported when it was opened is reported for every map."""
        if model is not self._model:
            raise ValueError("a session of a model other than the open one")
        key = (sensor.name, options)
        kept = self._sessions.pop(key, None)
        if kept is None:
            while len(self._sessions) >= MOST_SESSIONS:
                self._sessions.pop(next(iter(self._sessions)))
            kept = _opened(model, sensor, options, reporter)
        else:
            kept.repeat_to(reporter)
        self._sessions[key] = kept  # the last used is the last to go
        return kept.session


class _Relay:
    """A sink that passes a session's messages on to whoever runs it now."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter

    def send(self, event: Event) -> None:
        """Pass a message on; a session has no other events."""
        if isinstance(event, Message):
            self.reporter.repeat(event)


@dataclass(frozen=True)
class _KeptSession:
    session: MapSession
    relay: _Relay
    opening: tuple[Message, ...]  # the messages of its opening

    def repeat_to(self, reporter: Reporter) -> None:
        self.relay.reporter = reporter
        for message in self.opening:
            reporter.repeat(message)


def _opened(model: ModelFile, sensor: SensorManifest, options: SessionOptions, reporter: Reporter) -> _KeptSession:
    relay = _Relay(reporter)
    log = Reporter(relay)
    session = open_session(model, sensor, options, threads=1, reporter=log)
    return _KeptSession(session, relay, tuple(log.notes))


def _identity_of(path: str) -> tuple[object, ...] | None:
    """What changes when a file is replaced or written to; None where that is unknown."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return (os.path.abspath(path), found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
