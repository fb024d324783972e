"""Headers of rasters that do not exist."""

from colearn.plugin.training.form.sensors.header import Bounds, RasterHeader


def header(name, bands=("",), pixel_m=10.0, west=500_000.0, north=5_800_000.0, side_px=100, crs="EPSG:32633", **more):
    """A square raster; a degree is taken as 100 km, which is near enough here."""
    side_m = pixel_m * side_px
    bounds = Bounds(west, north - side_m, west + side_m, north)
    degrees = Bounds(*(value / 1e5 for value in (west, north - side_m, west + side_m, north)))
    facts = {
        "crs": crs,
        "pixel": (pixel_m, pixel_m),
        "pixel_m": pixel_m,
        "bounds": bounds,
        "degrees": degrees,
        "dtype": "UInt16",
        "covered": frozenset({0, 1}),
    }
    return RasterHeader(name, name, f"/data/{name}.tif", bands=tuple(bands), **{**facts, **more})


SCENE = "T33UUU_20170216T102101"
TEN = tuple(header(f"{SCENE}_{band}") for band in ("B02", "B03", "B04", "B08"))
TWENTY = tuple(
    header(f"{SCENE}_{band}", pixel_m=20.0, side_px=50) for band in ("B05", "B06", "B07", "B8A", "B11", "B12")
)
