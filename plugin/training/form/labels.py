"""The labels of the form: layer and fields, and facts about the classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Optional, Union

from ....engine.contract import (
    ClassColor,
    Labels,
    RasterLabels,
    RasterSource,
    VectorLabels,
    VectorSource,
    colors_for,
    is_one_of_two,
    means_no_class,
)
from .sensors.header import RasterHeader

LEAST_GROUPS = 3  # one for each of training, validation and test
MOST_CLASSES = 100
MOST_INTEGERS = 30  # integers with more distinct values count as measurements, as in the engine

# Names of class fields, the most reliable first.
_CLASS_NAMES = re.compile(
    r"(l?u?lc|f?class(?:name|_name)?|label|land_?cover|land_?use|species|crop|category|klasse|clase|classe|type|kind"
    r"|c_info|code|level_?\d?|name|genus|taxon|(?:leaf|forest|soil|crop|vegetation)_?type)",
    re.IGNORECASE,
)
_PLACES = re.compile(r"sites?|plots?|regions?|district|county|country|state|province", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?:^|_)(?:fid|id|ogc_fid|gid|uuid|pk|osm_id)$", re.IGNORECASE)
_HELD_OUT = re.compile(
    r"(?:^|[\W\d_])(?:eval(?:uation)?|val(?:id(?:ation)?)?|tests?|testing|h[eo]ld.?out)(?:$|[\W\d_])", re.IGNORECASE
)


def is_held_out(name: str) -> bool:
    """Whether labels of this name are meant for an evaluation rather than for training, if there are others."""
    return _HELD_OUT.search(name) is not None


@dataclass(frozen=True)
class FieldFacts:
    """A field of the label layer: numbers of distinct values, and of features with a value, among those read."""

    name: str
    is_text: bool
    is_whole: bool
    distinct: int
    values: int


@dataclass(frozen=True)
class ClassFacts:
    """A class: its value as text, its numbers of features and groups, its colour if known."""

    value: str
    name: str
    color: str
    features: int
    groups: int

    def is_number(self) -> bool:
        """Whether the value is an integer, which may be given a name; text values are their own names."""
        return re.fullmatch(r"[+-]?\d+", self.value) is not None


@dataclass(frozen=True)
class LabelFacts:
    """What was read of the label layer: fields, classes of the chosen field, number of features.

    ``partly``: only the first features were read; ``measured``: the field contains measurements, not classes;
    ``is_gone``: the layer no longer exists; ``is_being_read``: the other facts are not known yet; ``failure``: why they
    could not be read, empty if they could. ``mean_m2`` is the approximate area of a feature, 0 if unknown.
    """

    fields: tuple[FieldFacts, ...] = ()
    classes: tuple[ClassFacts, ...] = ()
    features: int = 0
    shape: str = ""
    has_crs: bool = True
    partly: bool = False
    is_gone: bool = False
    measured: bool = False
    is_being_read: bool = False
    failure: str = ""
    mean_m2: float = 0.0


@dataclass(frozen=True)
class LabelForm:
    """The chosen labels. ``key`` identifies the layer; ``left_out`` are the values excluded from the classes.

    ``colors`` are chosen by the user instead of the layer's, and contain names of numeric classes. Without ``by_name``
    and ``left_out`` no name means “no class”.
    """

    key: str = ""
    name: str = ""
    is_raster: bool = False
    label_fields: tuple[str, ...] = ()
    group_field: Optional[str] = None
    band: str = ""
    left_out: tuple[str, ...] = ()
    colors: tuple[ClassColor, ...] = ()
    by_name: bool = True

    def labels(self) -> Labels:
        """The labels for a job; the layer is given by its key.

        Raises:
            CodecError: no field is chosen.
        """
        nodata: Optional[tuple[str, ...]] = self.left_out or (None if self.by_name else ())
        if self.is_raster:
            return RasterLabels((RasterSource(self.key, self.name),), self.colors, self.band, nodata)
        source = VectorSource(self.key, "", self.name)
        return VectorLabels(source, self.label_fields, self.group_field, self.colors, nodata)

    def is_raster_of(self, raster: RasterHeader) -> bool:
        """Whether a raster of a sensor is the label raster itself."""
        return self.is_raster and self.key in (raster.key, raster.source)

    def reads_as(self, other: LabelForm) -> bool:
        """Whether both are read from the layer in the same way; colours and excluded classes do not matter."""
        return self._as_read() == other._as_read()

    def _as_read(self) -> LabelForm:
        return replace(self, left_out=(), colors=(), by_name=True)

    def with_color(self, color: ClassColor) -> LabelForm:
        """The labels with another colour, or name, of one class."""
        kept = {each.value: each for each in self.colors}
        return replace(self, colors=tuple({**kept, color.value: color}.values()))


@lru_cache(maxsize=4)  # forms ask at every change, and there may be thousands
def shown_classes(classes: tuple[ClassFacts, ...], chosen: LabelForm) -> tuple[ClassFacts, ...]:
    """The classes as a map will show them: colours as chosen, else of the label layer, else the engine's."""
    own, named = {color.value: color for color in chosen.colors}, _named(classes, chosen)
    out = without_class(classes, chosen).union(chosen.left_out)
    used = [each for each in named if each.value not in out]
    free = dict(zip((each.value for each in used), colors_for(each.name for each in used)))
    return tuple(
        replace(each, color=own[each.value].color if each.value in own else each.color or free.get(each.value, ""))
        for each in named
    )


def without_class(classes: Sequence[ClassFacts], chosen: LabelForm) -> frozenset[str]:
    """The values whose names mean “no class”: the engine excludes them, by the same rule."""
    if not (chosen.by_name or chosen.left_out):
        return frozenset()
    named = {each.value for each in _named(classes, chosen) if means_no_class(each.name)}
    kept = is_one_of_two((each.value for each in classes), named, chosen.left_out)
    return frozenset() if kept else frozenset(named)


def _named(classes: Sequence[ClassFacts], chosen: LabelForm) -> list[ClassFacts]:
    """The classes with the names that the user chose."""
    names = {color.value: color.name for color in chosen.colors if color.name}
    return [replace(each, name=names[each.value]) if each.value in names else each for each in classes]


def likeliest_field(fields: Sequence[FieldFacts]) -> Optional[str]:
    """The field that most likely contains the classes; None if no field looks like it."""
    usable = [field for field in fields if _may_be_classes(field)]
    return max(usable, key=_likelihood).name if usable else None


def _may_be_classes(field: FieldFacts) -> bool:
    # A field with a unique value per feature is an identifier; but three features may all differ by chance.
    identifies = field.distinct > LEAST_GROUPS and field.distinct == field.values
    # Integers of many values count as measurements: to guess these would be to start a regression nobody asked for.
    return (
        (field.is_text or (field.is_whole and field.distinct <= MOST_INTEGERS))
        and 2 <= field.distinct <= MOST_CLASSES
        and not identifies
        and not _IDENTIFIER.search(field.name)
    )


def _likelihood(field: FieldFacts) -> tuple[bool, bool, bool, float]:
    """Rank: a typical field name first, then text, then any but a place, then many features per class."""
    is_place = bool(_PLACES.fullmatch(field.name))
    return bool(_CLASS_NAMES.fullmatch(field.name)), field.is_text, not is_place, field.values / field.distinct


def labels_of(labels: Labels) -> LabelForm:
    """The form of a job's labels; ``key`` is the path until its layer is open."""
    left_out, by_name = labels.nodata or (), labels.nodata != ()
    source: Union[RasterSource, VectorSource]
    if isinstance(labels, RasterLabels):
        source = labels.rasters[0]
        return LabelForm(source.path, source.label(), True, (), None, labels.band, left_out, labels.colors, by_name)
    source = labels.source
    key = f"{source.path}|layername={source.layer}" if source.layer else source.path
    fields, group = labels.fields, labels.group_field
    return LabelForm(key, source.label(), False, fields, group, "", left_out, labels.colors, by_name)
