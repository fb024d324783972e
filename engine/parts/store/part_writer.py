"""Writing one part of a map: several rasters that get their final names when all are complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...contract import OutputError
from ...mapping import Arrays
from ...outputs import cannot, unwritable
from ...raster.geo import Window
from ...raster.output import RasterWriter, StoredForm
from .atomic_write import put_in_place, temporary_name
from .checksum import write_checksum

MAIN = "OUTPUT"


class PartWriter:
    """A writer of one part, under temporary names unique to this thread."""

    def __init__(self, part: Window, files: dict[str, tuple[Path, StoredForm]]) -> None:
        """Create the rasters: by layer, their final paths and formats.

        Raises:
            OutputError: they cannot be written.
        """
        self._part = part
        self._finals = {name: final for name, (final, _) in files.items()}
        self._temporary = {name: temporary_name(final) for name, final in self._finals.items()}
        self._writers: dict[str, RasterWriter] = {}
        try:
            for name, (_, form) in files.items():
                with self._errors_of(name):
                    self._writers[name] = self._create(name, form)
        except OutputError:
            self.discard()
            raise

    def _create(self, name: str, form: StoredForm) -> RasterWriter:
        return RasterWriter.create(
            self._temporary[name],
            form.grid,
            bands=form.bands,
            dtype=form.dtype,
            nodata=form.nodata,
            metadata=(form.mark,),
        )

    def write(self, block: Window, arrays: Arrays) -> None:
        """Write a block of each layer; ``block`` is relative to the raster's first pixel, like the part.

        Raises:
            OutputError: it cannot be written.
        """
        for (name, writer), array in zip(self._writers.items(), arrays, strict=True):
            with self._errors_of(name):
                writer.write(block.relative_to(self._part), array)

    def finish(self) -> None:
        """Close, check and flush the files; then rename them to their final names, the main layer last.

        Raises:
            OutputError: it cannot be written.
        """
        for name, writer in self._writers.items():
            with self._errors_of(name):
                writer.close()
        for name in sorted(self._finals, key=lambda each: each == MAIN):
            with self._errors_of(name):
                write_checksum(self._temporary[name])
                put_in_place(self._temporary[name], self._finals[name])

    @contextmanager
    def _errors_of(self, name: str) -> Iterator[None]:
        """Report failures as errors of the file under its final name."""
        final = self._finals[name]
        try:
            yield
        except OSError as error:
            raise _gone(final) if isinstance(error, FileNotFoundError) else unwritable(final, error) from error
        except OutputError as error:
            if not final.parent.is_dir():
                raise _gone(final) from error
            found = f"{error.found}, while a part of the map was written to {final.parent}"
            raise OutputError(
                error.code,
                subject=final.name,
                found=found,
                expected=error.expected,
                remedy=error.remedy,
                details=error.details,
            ) from error

    def discard(self) -> None:
        """Remove the temporary files."""
        for writer in self._writers.values():
            writer.discard()
        for temporary in self._temporary.values():
            temporary.unlink(missing_ok=True)


def _gone(final: Path) -> OutputError:
    return cannot(
        final,
        f"a missing folder {final.parent}",
        "the folder of the parts while they are being computed",
        "Another run has finished the map, or the folder was removed. If the map does not exist, run the job again.",
    )
