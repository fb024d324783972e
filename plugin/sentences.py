"""Sentences that occur in more than one place. Functions, because the language is known only once QGIS runs."""

from __future__ import annotations

from ..engine.contract import MOST_EPOCHS
from .messages import tr


def export_first() -> str:
    """What to do with a raster that GDAL does not read."""
    return tr("Export it as a GeoTIFF with raw data first: right-click the layer > Export > Save As…")


def from_training() -> str:
    """The help of a model parameter."""
    return tr("A model file made by “Train on several sensors”.")


def models_only() -> str:
    """The filter for model files in file dialogs."""
    return tr("CoLearn models (*.colearn)")


def unopened(item: str) -> str:
    """What was found if a file or layer cannot be opened."""
    return tr("{item}, which cannot be opened").format(item=item)


def one_of_them() -> str:
    """What was expected if one file contains several layers."""
    return tr("one of them")


def writable_file() -> str:
    """What was expected of an output."""
    return tr("a file that can be written")


def style_unwritten(path: str) -> str:
    """A warning: the map was written, but its style was not."""
    return tr("The style file for {path} could not be written.").format(path=path)


def example_colour() -> str:
    """What was expected of a colour in a table."""
    return tr("colours such as #1e8449")


def correct_table() -> str:
    """What to do about an invalid table."""
    return tr("Correct the table.")


def most_samples() -> str:
    """The name of a parameter."""
    return tr("Maximum number of samples")


def choose_layer() -> str:
    """The first entry of a list of layers."""
    return tr("choose a layer")


def float_32() -> str:
    """The name of a data type."""
    return tr("32-bit floating point")


def automatic() -> str:
    """What an empty number means that the training chooses."""
    return tr("automatic")


def usual_epochs() -> str:
    """What an empty number of epochs means."""
    return tr("automatic: {most} or fewer").format(most=MOST_EPOCHS)


def no_limit() -> str:
    """What an empty time budget means."""
    return tr("no limit")


def add_files() -> str:
    """A button that adds raster files."""
    return tr("Add files…")
