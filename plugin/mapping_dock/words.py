"""The sentences of the dock and the menus."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Optional

from ...engine.contract import THIN_SPACE, Manifest, about, about_m, thousands
from ..messages import tr
from ..model_card import brief_lines, card_lines, card_title
from ..training.pages.words import duration, listed
from .form.fit import Fit, Misfit
from .form.map_form import Area, MapForm, pixels_in

_BYTES = {"MB": 1e6, "GB": 1e9, "TB": 1e12}
_LEAST_PERCENT = 0.01  # of a preview: below, more digits say nothing
_MOST_MILLIONS = 999.5  # of a unit: above, three digits are a thousand


def opening_words(names: Sequence[str]) -> str:
    """What is being opened: rasters by their names, else those of the project."""
    if not names:
        return tr("Looking through the layers of the project…")
    return tr("Opening {names}…").format(names=listed(names))


def misfit_sentence(fit: Fit) -> str:
    """Why rasters do not match a sensor; empty if they do."""
    named = listed(fit.words)
    sentences = {
        Misfit.NO_RASTER: lambda: tr("no image chosen"),
        Misfit.UNUSABLE: lambda: tr("{names} cannot be used").format(names=named),
        Misfit.BANDS_MISSING: lambda: tr("the image has no band {names}").format(names=named),
        Misfit.BAND_COUNT: lambda: tr("{found} bands, {expected} expected").format(
            found=fit.words[0], expected=fit.words[1]
        ),
        Misfit.PIXEL_SIZE: lambda: tr("pixel size {found} m, trained on {expected} m").format(
            found=fit.words[0], expected=fit.words[1]
        ),
        Misfit.NO_DATES: lambda: tr("no dates; a time series of {count} dates is expected").format(count=fit.words[0]),
    }
    return sentences[fit.misfit]() if fit.misfit is not None else ""


def sensor_words(fit: Fit) -> str:
    """A sensor with its pixel size, unless the name already contains it."""
    size = f"{about_m(fit.pixel_m)} m"
    return fit.sensor if size.replace(THIN_SPACE, "") in fit.sensor else f"{fit.sensor} ({size})"


def offer_words(model: str, fit: Fit, layers: int = 1) -> str:
    """A model in a menu: its name, the sensor's pixel size, and why it does not fit, if so."""
    text = f"{model} – {sensor_words(fit)}"
    if layers > 1:
        text = tr("{model}, {count} layers").format(model=text, count=layers)
    reason = misfit_sentence(fit)
    return f"{text}: {reason}" if reason else text


def card_text(manifest: Manifest, sensor: str) -> str:
    """The whole model card for one sensor, or for all."""
    return "\n\n".join(card_lines(manifest, sensor or None))


def card_html(manifest: Manifest, sensor: str) -> str:
    """The short model card for one sensor, or for all."""
    lines = brief_lines(manifest, sensor or None)
    return f"<b>{escape(card_title(manifest))}</b><br>" + "<br>".join(escape(line) for line in lines)


def area_words(area: Area) -> str:
    """The name of an area option."""
    return {
        Area.WHOLE: tr("the whole image"),
        Area.CANVAS: tr("the canvas extent"),
        Area.RECTANGLE: tr("a rectangle drawn on the canvas"),
        Area.POLYGONS: tr("polygons from a layer, or drawn"),
    }[area]


def size_words(pixels: int, seconds: Optional[float], most_bytes: int = 0) -> str:
    """The maximum size of a map, in pixels and on disk, and the expected time if known."""
    parts = [_millions(pixels) if pixels >= 100_000 else tr("{count} pixels").format(count=thousands(pixels))]
    if seconds is not None:
        parts.append(tr("about {time}").format(time=duration(seconds)))
    if most_bytes >= 100_000:
        parts.append(tr("at most {size}").format(size=_bytes_words(most_bytes)))
    return ", ".join(parts)


def preview_words(form: MapForm) -> str:
    """How much of the image a preview shows; empty if it shows all of it."""
    whole = pixels_in(form.rasters[0], None)
    shown = pixels_in(form.rasters[0], form.frame)
    if shown >= whole:
        return ""
    percent = min(100 * shown / whole, 99.0)  # of almost all of it not “100”
    if percent < _LEAST_PERCENT:
        return tr("The preview shows less than {percent} % of the image. ").format(percent=_LEAST_PERCENT)
    return tr("The preview shows {percent} % of the image. ").format(percent=about(percent, 2))


def _millions(pixels: int) -> str:
    is_giga = pixels >= _MOST_MILLIONS * 1e6
    number = pixels / (1e9 if is_giga else 1e6)
    text = about(number)
    count = f"{number:.1f}" if text == "1" else text  # “1.0 megapixels”: the plural needs no other form
    return (tr("{count} gigapixels") if is_giga else tr("{count} megapixels")).format(count=count)


def _bytes_words(count: int) -> str:
    """A size in the unit in which it has at most three digits before the point."""
    unit = next(unit for unit in _BYTES if count < _MOST_MILLIONS * _BYTES[unit] or unit == "TB")
    return f"{about(count / _BYTES[unit])} {unit}"
