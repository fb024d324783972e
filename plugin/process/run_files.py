"""What a run puts on the disk besides its outputs: exported layers, the job file, folders made for them."""

from __future__ import annotations

from pathlib import Path

_COMPANIONS = ("", "-journal", "-wal", "-shm")  # SQLite's, of an export that was broken off


class RunFiles:
    """Files a run has written and folders that were not there before it, to be taken away when it comes to nothing."""

    def __init__(self) -> None:
        self._files: list[Path] = []
        self._folders: list[Path] = []

    def will_write(self, path: str) -> None:
        """Remember a file that is about to be written, and the folders that will be made for it."""
        self._files.append(Path(path))
        self.will_need_folder_of(path)

    def will_need_folder_of(self, path: str) -> None:
        """Remember the folders above ``path`` that are not there yet."""
        self._folders += [folder for folder in Path(path).parents if not folder.exists()]

    def remove(self) -> None:
        """Remove the files, and the folders that are empty now."""
        for file in self._files:
            for companion in _COMPANIONS:
                try:
                    Path(f"{file}{companion}").unlink()
                except OSError:  # not written yet, or held by another program: nothing to be done
                    continue
        self._files = []
        self.remove_empty_folders()

    def remove_empty_folders(self) -> None:
        """Remove the new folders that hold nothing, the innermost first."""
        for folder in sorted(set(self._folders), key=lambda each: len(each.parts), reverse=True):
            try:
                folder.rmdir()
            except OSError:  # gone, or with something in it
                continue
