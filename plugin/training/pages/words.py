"""The messages of the training window."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP

from ....engine.contract import Effort, Layout, shown_text, thousands
from ...messages import tr
from ..form.problems import BEING_READ, Issue, Mend, Problem
from ..form.progress.remaining import roughly, rounded_minutes, rounded_seconds
from ..form.verdict import Verdict

_MOST_NAMED = 4


def issue_sentence(issue: Issue) -> str:
    """What is wrong and what to do, in one or two sentences."""
    if issue.problem is Problem.ONE_SENSOR:
        return (
            tr("Add at least two sensors.") if issue.values == ("0",) else tr("Add a second sensor to co-learn with.")
        )
    first, last = (shown_text(issue.values[0]), issue.values[-1]) if issue.values else ("", "")
    return tr(_SENTENCES[issue.problem]).format(
        names=listed(issue.names), value=first, last=last, values=tr(" and ").join(issue.values)
    )


# ``names`` are rasters, classes or sensors; ``values`` are all of the issue's: ``value`` the first, ``last`` the last.
_SENTENCES: dict[Problem, str] = {
    Problem.GONE: QT_TRANSLATE_NOOP("CoLearn", "{names}: the layer or its file is missing."),
    Problem.UNREADABLE: QT_TRANSLATE_NOOP("CoLearn", "{names}: cannot be opened as a raster."),
    Problem.HEADER_FAILED: QT_TRANSLATE_NOOP(
        "CoLearn", "{names}: cannot be read ({value}). Check the file, or export it as a GeoTIFF and use that."
    ),
    Problem.SERVICE: QT_TRANSLATE_NOOP(
        "CoLearn", "{names}: a web service or virtual layer. Export it as a GeoTIFF with raw data first."
    ),
    Problem.REMOTE: QT_TRANSLATE_NOOP(
        "CoLearn",
        "{names}: a remote source set by the project or job. If you trust it, add it to the project as a layer.",
    ),
    Problem.NO_CRS: QT_TRANSLATE_NOOP("CoLearn", "{names}: no CRS, or not georeferenced. Set the CRS of the layer."),
    Problem.PIXEL_SIZES: QT_TRANSLATE_NOOP(
        "CoLearn", "Pixel sizes of {values} m in one sensor. Use a separate sensor for each pixel size."
    ),
    Problem.LAYOUT_UNCLEAR: QT_TRANSLATE_NOOP(
        "CoLearn",
        "{value} rasters of one area whose names do not distinguish them. Choose their layout, or remove some.",
    ),
    Problem.BANDS_OF_SEVERAL_DATES: QT_TRANSLATE_NOOP(
        "CoLearn", "Single bands ({names}) of {value} dates. Stack the bands of each date into one raster first."
    ),
    Problem.BANDS_DIFFER: QT_TRANSLATE_NOOP(
        "CoLearn", "{names}: {values} bands. Rasters of one sensor must have the same bands."
    ),
    Problem.GRIDS_DIFFER: QT_TRANSLATE_NOOP(
        "CoLearn", "{names}: on different pixel grids. Warp them to one grid, or use separate sensors."
    ),
    Problem.TWICE: QT_TRANSLATE_NOOP("CoLearn", "{names}: listed twice."),
    Problem.NO_NAME: QT_TRANSLATE_NOOP("CoLearn", "The sensor has no name."),
    Problem.NAME_TWICE: QT_TRANSLATE_NOOP("CoLearn", "Another sensor is also called “{names}”."),
    Problem.COVERS_NO_LABEL: QT_TRANSLATE_NOOP("CoLearn", "{names}: no labels within the rasters of this sensor."),
    Problem.IS_LABELS: QT_TRANSLATE_NOOP(
        "CoLearn", "{names} is the label raster, so it cannot be a sensor, too: every label would be its own answer."
    ),
    Problem.IS_MAP: QT_TRANSLATE_NOOP(
        "CoLearn", "{names}: made by CoLearn from labels. As a sensor it would make the scores too high."
    ),
    Problem.APART: QT_TRANSLATE_NOOP("CoLearn", "{names} does not overlap any other sensor."),
    Problem.RASTERS_BEING_READ: QT_TRANSLATE_NOOP("CoLearn", "Opening the layers: {value} of {last}…"),
    Problem.LABELS_BEING_READ: QT_TRANSLATE_NOOP("CoLearn", "Reading the labels…"),
    Problem.NO_LABELS: QT_TRANSLATE_NOOP("CoLearn", "Choose the labels: points, polygons or a raster of classes."),
    Problem.LABELS_GONE: QT_TRANSLATE_NOOP(
        "CoLearn", "{names}: the label layer or its file is missing, or cannot be opened. Choose another."
    ),
    Problem.LABELS_FAILED: QT_TRANSLATE_NOOP(
        "CoLearn",
        "{names}: cannot be read ({value}). Export the layer as a GeoPackage and choose that instead.",
    ),
    Problem.LABELS_WITHOUT_CRS: QT_TRANSLATE_NOOP(
        "CoLearn", "The label layer has no coordinate reference system. Set its CRS."
    ),
    Problem.NO_FIELD: QT_TRANSLATE_NOOP("CoLearn", "Choose the field with the classes or measured values."),
    Problem.ONE_CLASS: QT_TRANSLATE_NOOP(
        "CoLearn", "Fewer than two classes are checked. Check more classes, or choose another field."
    ),
    Problem.FEW_GROUPS: QT_TRANSLATE_NOOP(
        "CoLearn", "{names}: fewer than {value} groups, so not every part of the split can have one."
    ),
    Problem.NO_MODEL_FILE: QT_TRANSLATE_NOOP("CoLearn", "Choose a file for the model."),
    Problem.MODEL_ENDING: QT_TRANSLATE_NOOP("CoLearn", "{names}: the file extension of a model is .colearn."),
    Problem.MODEL_BUSY: QT_TRANSLATE_NOOP("CoLearn", "Another training is writing {names}. Choose another name."),
    Problem.MODEL_REPLACED: QT_TRANSLATE_NOOP("CoLearn", "{names} exists and will be replaced."),
}


def mend_words(issue: Issue) -> str:
    """The text of the button next to a problem; empty if there is none."""
    if issue.mend is None:
        return ""
    coarser, from_sensors = tr(" and ").join(issue.values[1:]), tr("Remove from the sensors")
    return {
        Mend.SPLIT_BY_PIXEL_SIZE: tr("Move the {sizes} m bands to a new sensor").format(sizes=coarser),
        Mend.SPLIT_BY_NAME: tr("Split into sensors"),
        Mend.DROP_TWICE: tr("Remove the duplicates"),
        Mend.REMOVE_UNUSABLE: tr("Remove"),
        Mend.REMOVE_LABELS: from_sensors,
        Mend.REMOVE_MAPS: from_sensors,
        Mend.RENAME: tr("Set a name"),
    }[issue.mend]


def verdict_sentence(verdict: Verdict) -> str:
    """The line at the foot of the window."""
    errors = [issue for issue in verdict.issues if not issue.is_warning]
    if errors:
        more = len(errors) - 1
        first = issue_sentence(errors[0])
        is_settled = errors[0].problem not in BEING_READ
        return f"{first} {_more_words(more)}" if more and is_settled else first
    facts = [tr("1 sensor") if verdict.sensors == 1 else tr("{count} sensors").format(count=verdict.sensors)]
    if verdict.classes:
        facts.append(tr("{count} classes").format(count=verdict.classes))
    if verdict.features:
        facts.append(f"{thousands(verdict.features)} {shape_words(verdict.shape)}")
    if verdict.minutes is not None:
        facts.append(tr("about {time}").format(time=duration(roughly(verdict.minutes * 60))))
    noted = f" ({warnings_words(len(verdict.issues))})" if verdict.issues else ""
    return tr("Ready: {facts}").format(facts=", ".join(facts)) + noted


def warnings_words(count: int) -> str:
    """A number of warnings."""
    return tr("1 warning") if count == 1 else tr("{count} warnings").format(count=count)


def log_title(warnings: int) -> str:
    """The title of the log, with the number of warnings in it."""
    return tr("Log: {warnings}").format(warnings=warnings_words(warnings)) if warnings else tr("Log")


def no_class_sentence(names: Sequence[str]) -> str:
    """Why the classes of these names are excluded; empty if there are none."""
    left = tr("{names}: excluded, because the name means “no class”. LABEL_NODATA=none in the toolbox keeps it.")
    return left.format(names=listed(names)) if names else ""


def _more_words(count: int) -> str:
    return tr("(and 1 more problem)") if count == 1 else tr("(and {count} more problems)").format(count=count)


def shape_words(shape: str) -> str:
    """Points or polygons."""
    return {"points": tr("points"), "polygons": tr("polygons")}.get(shape, shape)


def duration(seconds: float) -> str:
    """A duration in readable form."""
    if seconds < 45:
        return tr("{seconds} s").format(seconds=rounded_seconds(seconds))
    minutes = rounded_minutes(seconds)
    if minutes < 100:
        return tr("{minutes:g} min").format(minutes=minutes)
    return tr("{hours:.1f} h").format(hours=minutes / 60)


def layout_words(layout: Layout) -> str:
    """The short name of a layout."""
    return {
        Layout.AUTO: tr("automatic"),
        Layout.SCENES: tr("scenes"),
        Layout.BANDS: tr("one file per band"),
        Layout.DATES: tr("one file per date"),
        Layout.STACK: tr("stack of dates"),
    }[layout]


def effort_words(effort: Effort) -> tuple[str, str]:
    """An effort: its name, and what it means; how long it takes is at the foot of the window."""
    return {
        Effort.QUICK: (tr("Quick"), tr("forests only, to try out sensors and labels")),
        Effort.STANDARD: (tr("Standard"), tr("an average of forests and half-width networks")),
        Effort.THOROUGH: (tr("Thorough"), tr("forests and full-size networks, cross-validated")),
    }[effort]


def listed(names: Sequence[str]) -> str:
    """Names separated by commas, the first few of many; as plain text, because they are untrusted."""
    joined = ", ".join(shown_text(name) for name in names[:_MOST_NAMED])
    if len(names) <= _MOST_NAMED:
        return joined
    return tr("{names} and {count} more").format(names=joined, count=len(names) - _MOST_NAMED)
