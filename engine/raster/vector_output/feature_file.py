"""Vector files that the engine writes: one layer, GeoPackage or GeoJSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ...contract import POLYGON_ENDINGS, ErrorCode, OutputError
from .. import close_dataset, gdal, ogr
from ..geo import reference

Dataset = Any
Layer = Any

FEATURES_AT_ONCE = 50_000  # per transaction
_DRIVERS = dict(zip(POLYGON_ENDINGS, ("GPKG", "GeoJSON"), strict=True))


def require_feature_format(path: str, subject: str) -> None:
    """Raise unless features can be written to a file with that extension; ``subject`` is the output's name.

    Raises:
        OutputError: OUTPUT_UNWRITABLE.
    """
    if Path(path).suffix.lower() not in _DRIVERS:
        raise OutputError(
            ErrorCode.OUTPUT_UNWRITABLE,
            subject=subject,
            found=path,
            expected=f"a file that ends in {' or '.join(_DRIVERS)}",
            remedy="Change the ending; to get another format, convert the file afterwards.",
        )


@contextmanager
def new_layer(
    path: Path, crs_wkt: str, geometry_type: int, fields: Sequence[tuple[str, int]]
) -> Iterator[tuple[Dataset, Layer]]:
    """Create the file with one layer named after it; ``fields`` are names and OGR types. Closed on exit."""
    driver = gdal.GetDriverByName(_DRIVERS[path.suffix.lower()])
    dataset = driver.Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
    layer = dataset.CreateLayer(path.stem, reference(crs_wkt), geometry_type)
    for name, kind in fields:
        layer.CreateField(ogr.FieldDefn(name, kind))
    try:
        yield dataset, layer
    except BaseException:
        del layer
        with suppress(RuntimeError):  # the error is already being raised; closing would report it again
            close_dataset(dataset)
        raise
    del layer
    close_dataset(dataset)


@contextmanager
def transactions(dataset: Dataset) -> Iterator[Callable[[], None]]:
    """Write in transactions, if the format supports them; calling the yielded function commits and starts another."""
    if not dataset.TestCapability(ogr.ODsCTransactions):
        yield lambda: None
        return

    def renew() -> None:
        dataset.CommitTransaction()
        dataset.StartTransaction()

    dataset.StartTransaction()
    yield renew
    dataset.CommitTransaction()


def require_whole(path: Path, count: int) -> None:
    """Raise unless all features were written: on a full disk GDAL may silently close a truncated GeoJSON."""
    dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR)
    found = dataset.GetLayer(0).GetFeatureCount()
    if found != count:
        raise RuntimeError(f"{found} features instead of {count}")
