"""Providers of models and sessions: opened anew for each map, or cached between maps."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Protocol

from ..contract import Event, Message, SensorManifest
from ..model_file import ModelFile
from ..process import Reporter
from .session import MapSession
from .session_choice import SessionOptions, open_session

MOST_SESSIONS = 4  # of one model: two sensors being compared, each in two precisions


class ModelStore(Protocol):
    """Opens model files, and sessions that run their graphs."""

    def open(self, path: str) -> ModelFile:
        """A verified model file.

        Raises:
            ModelError: it cannot be used.
        """

    def session(
        self, model: ModelFile, sensor: SensorManifest, options: SessionOptions, reporter: Reporter
    ) -> MapSession:
        """A session as by :func:`.open_session`, for one block per thread.

        Raises:
            CoLearnError: as there.
        """


class FreshModels:
    """Opens everything anew."""

    def open(self, path: str) -> ModelFile:
        """A verified model file."""
        return ModelFile.open(path)

    def session(
        self, model: ModelFile, sensor: SensorManifest, options: SessionOptions, reporter: Reporter
    ) -> MapSession:
        """A new session."""
        return open_session(model, sensor, options, threads=1, reporter=reporter)


class KeptModels:
    """Caches the last model and its sessions as long as the file is unchanged."""

    def __init__(self) -> None:
        self._identity: tuple[object, ...] = ()
        self._model: ModelFile | None = None
        self._sessions: dict[tuple[str, SessionOptions], _KeptSession] = {}

    def open(self, path: str) -> ModelFile:
        """The cached model if the file has not changed since; otherwise the file, opened anew, without sessions."""
        identity = _identity_of(path)
        if self._model is None or identity is None or identity != self._identity:
            self._identity, self._model = (), None
            self._sessions.clear()  # before the next is opened: memory may not suffice for both
            self._model = ModelFile.open(path)
            self._identity = identity or ()
        return self._model

    def session(
        self, model: ModelFile, sensor: SensorManifest, options: SessionOptions, reporter: Reporter
    ) -> MapSession:
        """The cached session, or a new one; messages of its opening are repeated for every map."""
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
        self._sessions[key] = kept  # the most recently used is evicted last
        return kept.session


class _Relay:
    """A sink that forwards a session's messages to its current user."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter

    def send(self, event: Event) -> None:
        """Forward a message; a session has no other events."""
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
    """Properties that change when a file is replaced or modified; None if unknown."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return (os.path.abspath(path), found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
