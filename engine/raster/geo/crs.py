"""Coordinates from one CRS to another, always x before y (longitude before latitude)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Doubles
from ...contract import ErrorCode, InputError
from ...contract.wire import decoded
from .. import gdal_failures, osr
from .crs_text import is_plain_crs

SpatialReference = Any
T = TypeVar("T")

LONGITUDE_LATITUDE = "EPSG:4326"
_DENSE = 21  # points along each side of a rectangle that is transformed to another CRS
_ROUNDING = 1e-9  # relative to the Earth's size
_SAME = ["CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS", "IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES"]


class Bounds(NamedTuple):
    """A rectangle along the axes of some CRS."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float


class _OfThread(threading.local):
    """PROJ objects must not be shared between threads: each thread has its own."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, ...], Any] = {}

    def get(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        if key not in self.kept:
            self.kept[key] = make()
        kept: T = self.kept[key]
        return kept


_thread = _OfThread()


def reference(crs: str) -> SpatialReference:
    """The CRS given as WKT or ``EPSG:n``, axes in traditional GIS order; belongs to the calling thread.

    Raises:
        InputError: CRS_UNUSABLE, the text is not a CRS known to PROJ.
    """
    return _thread.get(("crs", crs), lambda: _parse(crs))


def _parse(crs: str) -> SpatialReference:
    if not is_plain_crs(crs):
        raise _unknown(crs, "neither an authority code nor WKT, PROJJSON or a PROJ string, or one that refers to files")
    parsed = osr.SpatialReference()
    with gdal_failures(lambda words: _unknown(crs, words)):
        parsed.SetFromUserInput(crs)
    parsed.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return parsed


def horizontal(crs: str) -> SpatialReference:
    """The horizontal part of a CRS: pixels are compared without heights."""
    return _thread.get(("horizontal", crs), lambda: _without_heights(reference(crs)))


def _without_heights(parsed: SpatialReference) -> SpatialReference:
    flat = parsed.Clone()
    flat.StripVertical()
    flat.DemoteTo2D(None)
    return flat


def _unknown(crs: str, words: str) -> InputError:
    return InputError(
        ErrorCode.CRS_UNUSABLE,
        subject=crs[:80],
        found="a CRS that is not recognized",
        expected="a CRS as EPSG:n, WKT, PROJJSON or a PROJ string",
        remedy="Specify the CRS by its EPSG code.",
        details=words,
    )


@lru_cache(maxsize=256)
def same_crs(one: str, other: str) -> bool:
    """Whether two CRS have the same horizontal part, whatever their notation."""
    return one == other or bool(horizontal(one).IsSame(horizontal(other), _SAME))


@lru_cache(maxsize=256)
def crs_name(crs: str) -> str:
    """The display name of a CRS: ``EPSG:32633``, else its name."""
    parsed = reference(crs)
    authority, code = parsed.GetAuthorityName(None), parsed.GetAuthorityCode(None)
    return f"{authority}:{code}" if authority and code else str(parsed.GetName() or "an unnamed CRS")


def transform_xy(x: ArrayLike, y: ArrayLike, source_crs: str, target_crs: str) -> tuple[Doubles, Doubles]:
    """Coordinates ``x``, ``y`` of the source CRS in the target CRS, same shape; unreachable points are NaN.

    Raises:
        InputError: CRS_UNUSABLE, there is no transformation between the two.
    """
    x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
    if same_crs(source_crs, target_crs):
        return x.copy(), y.copy()
    transformation = _thread.get(
        ("transformation", source_crs, target_crs), lambda: _transformation(source_crs, target_crs)
    )
    points = np.column_stack([x.ravel(), y.ravel()])
    moved = np.full_like(points, np.nan)
    reachable = np.isfinite(points).all(axis=1)
    moved[reachable] = _move(transformation, points[reachable])
    moved[~np.isfinite(moved).all(axis=1)] = np.nan
    return moved[:, 0].reshape(x.shape), moved[:, 1].reshape(x.shape)


def _transformation(source_crs: str, target_crs: str) -> Any:
    with gdal_failures(lambda words: no_way(source_crs, target_crs, "all coordinates", words)):
        return osr.CoordinateTransformation(horizontal(source_crs), horizontal(target_crs))


def no_way(source_crs: str, target_crs: str, what: str, words: str = "") -> InputError:
    """CRS_UNUSABLE: something that cannot be transformed from one CRS to another."""
    return InputError(
        ErrorCode.CRS_UNUSABLE,
        subject=f"{crs_name(source_crs)} and {crs_name(target_crs)}",
        found=f"{what} in {crs_name(source_crs)} that cannot be transformed to {crs_name(target_crs)}",
        expected="rasters, labels and masks of the same celestial body, in CRSs between which a transformation exists",
        remedy="Check that the CRS of each layer is correct, or reproject all layers to one CRS.",
        details=words,
    )


def _move(transformation: Any, points: Doubles) -> Doubles:
    # A single unreachable point fails the whole call, so a failing array is halved until those points are isolated.
    if not len(points):
        return points
    try:
        return np.array(transformation.TransformPoints(points), np.float64)[:, :2]
    except RuntimeError:
        if len(points) == 1:
            return np.full((1, 2), np.nan)
    half = len(points) // 2
    return np.concatenate([_move(transformation, points[:half]), _move(transformation, points[half:])])


def lattice_xy(bounds: tuple[float, float, float, float], source_crs: str, target_crs: str) -> tuple[Doubles, Doubles]:
    """Points spread evenly over ``bounds``, corners included, in the target CRS: (row, col); unreachable ones NaN."""
    x_min, y_min, x_max, y_max = bounds
    x, y = np.meshgrid(np.linspace(x_min, x_max, _DENSE), np.linspace(y_min, y_max, _DENSE))
    return transform_xy(x, y, source_crs, target_crs)


@lru_cache(maxsize=256)
def full_circle(crs: str) -> float:
    """The period of x in units of the CRS: 360 degrees, or the Earth's circumference in a cylindrical CRS.

    0 if x is not periodic, as in most projected CRS.
    """
    parsed = reference(crs)
    if parsed.IsGeographic():
        return round(2 * np.pi / float(parsed.GetAngularUnits()), 9)
    under = parsed.CloneGeogCS() if parsed.IsProjected() else None
    return _girth(crs, str(under.ExportToWkt(["FORMAT=WKT2_2018"]))) if under is not None else 0.0


def _girth(crs: str, degrees: str) -> float:
    """The period of x in a cylindrical CRS, in which meridians are equidistant vertical lines; 0 for any other."""
    right_angle = np.pi / 2 / float(reference(degrees).GetAngularUnits())
    middle = float(reference(crs).GetNormProjParm(osr.SRS_PP_CENTRAL_MERIDIAN, 0.0)) / 90
    shares, latitudes = np.meshgrid([-1.0, -0.3, 0.0, 0.7, 1.0], [-0.6, 0.0, 0.4])
    x, y = transform_xy((middle + shares) * right_angle, latitudes * right_angle, degrees, crs)
    quarter = float(x[1, 4] - x[1, 0]) / 2
    upright = np.abs(x - x[1, 2] - shares * quarter).max() <= _ROUNDING * abs(quarter)
    level = np.abs(y - y[:, :1]).max() <= _ROUNDING * abs(quarter)
    return 4 * quarter if upright and level and quarter > 0 else 0.0


def metres_per_unit(crs: str, y: ArrayLike) -> tuple[Doubles, Doubles]:
    """The length in metres of one unit to the east and to the north at ``y``, same shape.

    On the ellipsoid if the CRS is geographic, else in the units of the CRS itself.
    """
    parsed = reference(crs)
    y = np.asarray(y, np.float64)
    if not parsed.IsGeographic():
        return np.full_like(y, parsed.GetLinearUnits()), np.full_like(y, parsed.GetLinearUnits())
    radians = parsed.GetAngularUnits()
    major, minor = parsed.GetSemiMajor(), parsed.GetSemiMinor()
    squared_eccentricity = 1 - (minor / major) ** 2
    root = np.sqrt(1 - squared_eccentricity * np.sin(y * radians) ** 2)
    east = major / root * np.cos(y * radians) * radians
    north = major * (1 - squared_eccentricity) / root**3 * radians
    return east, north


def wkt_of(spatial_reference: SpatialReference | None) -> str | None:
    """The WKT of a file's CRS; None if it has no usable CRS."""
    if spatial_reference is None or spatial_reference.IsLocal():
        return None
    # GeoPackage's two codes for an undefined CRS.
    if str(spatial_reference.GetName()).lower().startswith("undefined"):
        return None
    return decoded(spatial_reference.ExportToWkt(["FORMAT=WKT2_2018"]))
