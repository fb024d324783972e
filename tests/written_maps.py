"""Maps that were written, as GDAL opens them."""

from pathlib import Path

from osgeo import gdal


def opened(path):
    dataset = gdal.Open(str(path))
    dataset.GetGeoTransform()  # GDAL 3.6 reads the sidecar only when asked for more than names
    return dataset


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
