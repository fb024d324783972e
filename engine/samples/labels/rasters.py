"""Opening label rasters: the label band, and names of values in the files."""

from __future__ import annotations

from ...contract import ErrorCode, InputError, RasterLabels
from ...raster.layout import require_one_date_a_place
from ...raster.output import category_names
from ...raster.sensors import SensorRasters, open_one_band
from .class_names import clean
from .no_class import NoClass


def open_label_rasters(labels: RasterLabels) -> SensorRasters:
    """The rasters, read for their one band of labels; values given as “no class” are nodata.

    Raises:
        InputError: LABEL_SEVERAL_BANDS, BANDS_UNKNOWN, or rasters that cannot be used.
    """
    nodata = NoClass(labels.nodata).numbers()
    opened = open_one_band("labels", labels.rasters, labels.band, "LABEL_BAND", ErrorCode.LABEL_SEVERAL_BANDS, nodata)
    require_one_date_a_place("The label rasters", tuple(scene.files[0] for scene in opened.scenes))
    return opened


def declares_nodata(opened: SensorRasters) -> bool:
    """Whether every file declares its unlabelled pixels in some way."""
    files = [(scene.files[0], scene.planes[0].number) for scene in opened.scenes]
    return all(
        file.alpha is not None or file.band(number).nodata is not None or file.band(number).masked
        for file, number in files
    )


def names_in_files(opened: SensorRasters) -> dict[str, str]:
    """Names of values in the files, by value as text.

    Raises:
        InputError: LABEL_FIELD_UNSUITABLE, two files give a value different names.
    """
    found: dict[str, tuple[str, str]] = {}
    for scene in opened.scenes:
        file = scene.files[0]
        for code, name in category_names(file.source, scene.planes[0].number).items():
            value, called = str(code), clean(name)
            if not called:
                continue
            before, where = found.setdefault(value, (called, file.label))
            if before.casefold() != called.casefold():
                raise InputError(
                    ErrorCode.LABEL_FIELD_UNSUITABLE,
                    subject=f"{where}, {file.label}",
                    found=f"the value {value} named {before} in one raster and {called} in another",
                    expected="the same meaning of each value in all label rasters",
                    remedy="Use the same class values in all of them (Raster Analysis ▸ Reclassify by Table).",
                )
    return {value: name for value, (name, _) in found.items()}
