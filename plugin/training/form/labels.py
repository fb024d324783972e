"""The labels of the form: which layer and fields, and what its classes are like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Optional, Union

from ....engine.contract import ClassColor, Labels, RasterLabels, RasterSource, VectorLabels, VectorSource, colors_for

LEAST_GROUPS = 3  # one each for training, validation and test
MOST_CLASSES = 100

# Names of class fields, the most reliable first.
_CLASS_NAMES = re.compile(
    r"(l?u?lc|f?class(?:name|_name)?|label|land_?cover|land_?use|species|crop|category|klasse|clase|classe|type|kind"
    r"|c_info|code|level_?\d?|name)",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"(?:^|_)(?:fid|id|ogc_fid|gid|uuid|pk|osm_id)$", re.IGNORECASE)


@dataclass(frozen=True)
class FieldFacts:
    """A field of the label layer: how many values it has among the features read, and how many of them have one."""

    name: str
    is_text: bool
    is_whole: bool
    distinct: int
    values: int


@dataclass(frozen=True)
class ClassFacts:
    """A class: its value as text, how many features and groups have it, its colour where one is known."""

    value: str
    name: str
    color: str
    features: int
    groups: int

    def is_number(self) -> bool:
        """Whether the value is an integer, which may be called by a name; texts are their own."""
        return re.fullmatch(r"[+-]?\d+", self.value) is not None


@dataclass(frozen=True)
class LabelFacts:
    """What was read of the label layer: fields, classes of the chosen field, number of features.

    ``partly`` says that only the first features were read; ``measured`` that the field holds values, not classes;
    ``is_gone`` that there is no layer any more; ``is_being_read`` that the rest is not known yet.
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


@dataclass(frozen=True)
class LabelForm:
    """The labels as chosen. ``key`` finds the layer; ``left_out`` are the values of classes that are no class.

    ``colors`` are those that a person chose instead of the layer's, with the names of classes that are numbers.
    """

    key: str = ""
    name: str = ""
    is_raster: bool = False
    label_fields: tuple[str, ...] = ()
    group_field: Optional[str] = None
    band: str = ""
    left_out: tuple[str, ...] = ()
    colors: tuple[ClassColor, ...] = ()

    def labels(self) -> Labels:
        """The labels as a job has them; the layer by what finds it.

        Raises:
            CodecError: no field.
        """
        nodata: Optional[tuple[str, ...]] = self.left_out or None
        if self.is_raster:
            return RasterLabels((RasterSource(self.key, self.name),), self.colors, self.band, nodata)
        source = VectorSource(self.key, "", self.name)
        return VectorLabels(source, self.label_fields, self.group_field, self.colors, nodata)

    def reads_as(self, other: LabelForm) -> bool:
        """Whether both need the same reading of the layer: colours and excluded classes do not matter for it."""
        return replace(self, left_out=(), colors=()) == replace(other, left_out=(), colors=())

    def with_color(self, color: ClassColor) -> LabelForm:
        """The labels with another colour, or name, of one class."""
        kept = {each.value: each for each in self.colors}
        return replace(self, colors=tuple({**kept, color.value: color}.values()))


def shown_classes(classes: Sequence[ClassFacts], chosen: LabelForm) -> tuple[ClassFacts, ...]:
    """The classes as a map will show them: as chosen, as in the label layer, else as the engine will choose."""
    own = {color.value: color for color in chosen.colors}
    named = [replace(each, name=own[each.value].name or each.name) if each.value in own else each for each in classes]
    used = [each for each in named if each.value not in chosen.left_out]
    free = dict(zip((each.value for each in used), colors_for(each.name for each in used)))
    return tuple(
        replace(each, color=own[each.value].color if each.value in own else each.color or free.get(each.value, ""))
        for each in named
    )


def likeliest_field(fields: Sequence[FieldFacts]) -> Optional[str]:
    """The field that most probably holds the classes; None where none looks like it."""
    usable = [field for field in fields if _may_be_classes(field)]
    return max(usable, key=_likelihood).name if usable else None


def _may_be_classes(field: FieldFacts) -> bool:
    # Where each feature has a value of its own it is a name of the feature; three features may all differ.
    identifies = field.distinct > LEAST_GROUPS and field.distinct == field.values
    return (
        (field.is_text or field.is_whole)
        and 2 <= field.distinct <= MOST_CLASSES
        and not identifies
        and not _IDENTIFIER.search(field.name)
    )


def _likelihood(field: FieldFacts) -> tuple[bool, bool, float]:
    """A telling name first, then text, then many features a class."""
    return bool(_CLASS_NAMES.fullmatch(field.name)), field.is_text, field.values / field.distinct


def labels_of(labels: Labels) -> LabelForm:
    """The form of a job's labels; ``key`` is the path until its layer is open."""
    left_out = labels.nodata or ()
    source: Union[RasterSource, VectorSource]
    if isinstance(labels, RasterLabels):
        source = labels.rasters[0]
        return LabelForm(source.path, source.label(), True, (), None, labels.band, left_out, labels.colors)
    source = labels.source
    key = f"{source.path}|layername={source.layer}" if source.layer else source.path
    return LabelForm(key, source.label(), False, labels.fields, labels.group_field, "", left_out, labels.colors)
