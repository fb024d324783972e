"""The sensors of a training: parameters SENSOR_A … SENSOR_F with the details of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from ....engine.contract import ErrorCode, JobError, Layout, Method, RasterSource, SensorSpec
from ...messages import tr
from ..types import definitions
from .more_sensors import MORE_SENSORS, add_more_sensors, read_more_sensors, stored_more_sensors
from .nodata import nodata_help, read_nodata
from .quality_masks import add_sensor_mask, read_mask

if TYPE_CHECKING:
    from ...algorithms.base import EngineAlgorithm
    from ..types.values import ParameterValues

LETTERS = "ABCDEF"
REQUIRED = "A"
VISIBLE = "ABC"
DETAILS = ("BANDS", "DATES", "NODATA", "MASK", "MASK_RASTERS")


@dataclass(frozen=True)
class GivenSensor:
    """A sensor as specified: its letter, its rasters, its name (if any)."""

    letter: str
    rasters: tuple[RasterSource, ...]
    name: str


def add_sensors(algorithm: EngineAlgorithm) -> None:
    """Declare each sensor with its details, sensor by sensor; sensors that few users need are advanced."""
    for letter in LETTERS:
        advanced = letter not in VISIBLE
        _add_rasters(algorithm, letter, advanced)
        _add_structure(algorithm, letter, advanced)
        _add_nodata(algorithm, letter)
    add_more_sensors(algorithm)


def _add_rasters(algorithm: EngineAlgorithm, letter: str, advanced: bool) -> None:
    algorithm.add(
        definitions.rasters(
            f"SENSOR_{letter}", tr("Sensor {letter}: rasters").format(letter=letter), optional=letter not in REQUIRED
        ),
        tr(
            "The rasters of sensor {letter}: one or several (scenes of different areas, one file per band, or one "
            "raster per date). Every sensor has its own pixel size and CRS: bands with another pixel size form a "
            "separate sensor."
        ).format(letter=letter),
        advanced,
    )
    algorithm.add(
        definitions.text(f"SENSOR_{letter}_NAME", tr("Sensor {letter}: name").format(letter=letter)),
        tr("The sensor's name in the model and the report. Empty: taken from the layer names."),
        advanced,
    )


def _add_structure(algorithm: EngineAlgorithm, letter: str, advanced: bool) -> None:
    """Declare how the rasters form bands and dates."""
    algorithm.add(
        definitions.choice_of(
            f"SENSOR_{letter}_LAYOUT",
            tr("Sensor {letter}: layout").format(letter=letter),
            Layout.AUTO,
            definitions.layout_options(),
            layout_intro(),
        ),
        advanced=advanced,
    )
    algorithm.add(
        definitions.text(f"SENSOR_{letter}_BANDS", tr("Sensor {letter}: bands").format(letter=letter)),
        tr("Band names or numbers (from 1), separated by commas. Empty: all bands."),
        advanced,
    )
    algorithm.add(
        definitions.number(
            f"SENSOR_{letter}_DATES",
            tr("Sensor {letter}: number of dates").format(letter=letter),
            SensorSpec,
            "dates",
            minimum=1,
        ),
        tr("Only for a time series in one raster whose bands have no names. Empty: dates are read from the names."),
        advanced,
    )


def _add_nodata(algorithm: EngineAlgorithm, letter: str) -> None:
    """Declare nodata values of the rasters."""
    algorithm.add(
        definitions.text(f"SENSOR_{letter}_NODATA", tr("Sensor {letter}: nodata values").format(letter=letter)),
        nodata_help(),
        advanced=True,
    )
    add_sensor_mask(algorithm, letter)


def layout_intro() -> str:
    """The help text about layouts."""
    return tr(
        "How the rasters form bands and dates. Bands and dates must be on the same pixel grid; where their extents "
        "differ, the common extent is used."
    )


def check_sensors(values: ParameterValues) -> None:
    """Refuse unusable rasters and clashing names.

    Raises:
        CoLearnError: states the parameter, what was found and what to do.
    """
    given = given_sensors(values)
    more = read_more_sensors(values)
    _require_other_names(names_of(given), [spec.name for spec in more])
    _require_rasters(values, [sensor.letter for sensor in given])
    if not more:
        _require_several(values, given)
    for sensor in given:
        read_nodata(values, f"SENSOR_{sensor.letter}_NODATA")
        read_mask(values, f"SENSOR_{sensor.letter}_MASK")
        values.rasters(f"SENSOR_{sensor.letter}_MASK_RASTERS")


def _require_rasters(values: ParameterValues, letters: Sequence[str]) -> None:
    """Refuse options of a sensor without rasters: they were probably meant for another sensor."""
    details = [f"SENSOR_{letter}_{detail}" for letter in LETTERS if letter not in letters for detail in DETAILS]
    idle = [name for name in details if values.is_given(name)]
    if idle:
        rasters = ", ".join(dict.fromkeys(name[: len("SENSOR_X")] for name in idle))
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject=", ".join(idle),
            found=tr("a value, but no rasters in {rasters}").format(rasters=rasters),
            expected=tr("values only for sensors that have rasters"),
            remedy=tr("Add the rasters to {rasters}, or leave the value empty.").format(rasters=rasters),
        )


def _require_several(values: ParameterValues, given: Sequence[GivenSensor]) -> None:
    """Refuse a single sensor if several are to be trained together."""
    if len(given) == 1 and values.choice("METHOD", Method) is not Method.ALONE:
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject=", ".join(f"SENSOR_{letter}" for letter in LETTERS if letter != given[0].letter),
            found=tr("one sensor"),
            expected=tr("at least two sensors to train together"),
            remedy=tr("Add the rasters of a second sensor, or choose the method “Each sensor alone” (METHOD=alone)."),
        )


def given_sensors(values: ParameterValues) -> tuple[GivenSensor, ...]:
    """The sensors that have rasters, in the order of their letters."""
    rasters = {letter: values.rasters(f"SENSOR_{letter}") for letter in LETTERS}
    return tuple(
        GivenSensor(letter, rasters[letter], values.text(f"SENSOR_{letter}_NAME"))
        for letter in LETTERS
        if rasters[letter]
    )


def sensor_specs(values: ParameterValues) -> tuple[SensorSpec, ...]:
    """The sensors as stored in the job."""
    given = given_sensors(values)
    own = tuple(_spec(values, sensor, name) for sensor, name in zip(given, names_of(given)))
    return (*own, *stored_more_sensors(values))


def letters_by_name(values: ParameterValues) -> dict[str, str]:
    """The letter in the output names of each sensor's numbers, by sensor name."""
    given = given_sensors(values)
    return {name: sensor.letter for sensor, name in zip(given, names_of(given))}


def names_of(given: Sequence[GivenSensor]) -> tuple[str, ...]:
    """Each sensor's name: as specified, else derived from its layers, or the letter if that name is taken.

    Raises:
        JobError: SENSOR_NAMES_CLASH.
    """
    derived = [sensor.name or derived_name(sensor.rasters) or sensor.letter for sensor in given]
    folded = [name.casefold() for name in derived]
    names = tuple(
        name if sensor.name or folded.count(name.casefold()) == 1 else sensor.letter
        for sensor, name in zip(given, derived)
    )
    for name in names:
        clashing = [sensor.letter for sensor, other in zip(given, names) if other.casefold() == name.casefold()]
        if len(clashing) > 1:
            raise _names_clash(", ".join(f"SENSOR_{letter}_NAME" for letter in clashing), name, len(clashing))
    return names


def _require_other_names(names: Sequence[str], more: Sequence[str]) -> None:
    """Refuse names of further sensors that clash with one another or with those of the lettered sensors."""
    folded = [name.casefold() for name in (*names, *more)]
    for name in more:
        if folded.count(name.casefold()) > 1:
            raise _names_clash(MORE_SENSORS, name, folded.count(name.casefold()))


def _names_clash(subject: str, name: str, times: int) -> JobError:
    return JobError(
        ErrorCode.SENSOR_NAMES_CLASH,
        subject=subject,
        found=tr("the name “{name}” {times} times").format(name=name, times=times),
        expected=tr("a different name for each sensor (upper and lower case are not distinguished)"),
        remedy=tr("Change one of the names."),
    )


def derived_name(rasters: Sequence[RasterSource]) -> Optional[str]:
    """The layer's name, or the common beginning of several names; None if that is meaningless."""
    from ...training.form.sensors.grouping import common_beginning

    return common_beginning([raster.label() for raster in rasters]) or None


def band_list(text: str) -> tuple[str, ...]:
    """Bands by name or number, separated by commas or semicolons; numbers also by blanks."""
    if re.fullmatch(r"[\d\s]+", text):
        return tuple(text.split())
    return tuple(part.strip() for part in re.split(r"[,;\n]", text) if part.strip())


def _spec(values: ParameterValues, sensor: GivenSensor, name: str) -> SensorSpec:
    prefix = f"SENSOR_{sensor.letter}"
    return SensorSpec(
        name=name,
        rasters=values.stored_rasters(prefix),
        layout=values.choice(f"{prefix}_LAYOUT", Layout),
        bands=band_list(values.text(f"{prefix}_BANDS")),
        dates=values.integer(f"{prefix}_DATES") if values.is_given(f"{prefix}_DATES") else None,
        nodata=read_nodata(values, f"{prefix}_NODATA") or (),
        mask=read_mask(values, f"{prefix}_MASK"),
        mask_rasters=values.stored_rasters(f"{prefix}_MASK_RASTERS"),
    )
