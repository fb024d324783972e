"""The files of a run besides its outputs: exported layers, the job file, and folders created for them."""

from __future__ import annotations

from pathlib import Path

_COMPANIONS = ("", "-journal", "-wal", "-shm")  # SQLite's files of an interrupted export


class RunFiles:
    """Files written and folders created by a run, to be removed if the run fails."""

    def __init__(self) -> None:
        self._files: list[Path] = []
        self._folders: list[Path] = []

    def will_write(self, path: str) -> None:
        """Record a file that is about to be written, and the folders that will be created for it."""
        self._files.append(Path(path))
        self.will_need_folder_of(path)

    def will_need_folder_of(self, path: str) -> None:
        """Record the parent folders of ``path`` that do not exist yet."""
        self._folders += [folder for folder in Path(path).parents if not folder.exists()]

    def remove(self) -> None:
        """Remove the files, and the folders that are then empty."""
        for file in self._files:
            for companion in _COMPANIONS:
                try:
                    Path(f"{file}{companion}").unlink()
                except OSError:  # not written yet, or locked by another program: nothing can be done
                    continue
        self._files = []
        self.remove_empty_folders()

    def remove_empty_folders(self) -> None:
        """Remove the new folders that are empty, the innermost first."""
        for folder in sorted(set(self._folders), key=lambda each: len(each.parts), reverse=True):
            try:
                folder.rmdir()
            except OSError:  # already removed, or not empty
                continue
