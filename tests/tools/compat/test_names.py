"""Names of classes as Qt 6 wants them: QGIS's here, Qt's under PyQt6 by `make compat`."""

import enum
import importlib
from types import ModuleType

import pytest

from compat import names


class Kind(enum.Enum):
    ONE = 1


class Shape:
    Kind = Kind
    ONE = Kind.ONE  # as Qt 5 has it beside Kind.ONE
    SIDES = 4

    def draw(self):
        """A method."""


MODULE = ModuleType("shapes")
MODULE.Shape = Shape


def fault(*parts):
    return names.fault_of(names.Use("a.py:1", "qgis.PyQt.QtGui", parts), MODULE)


def test_what_is_there_and_spelled_out_is_no_fault():
    for parts in (("Shape",), ("Shape", "Kind", "ONE"), ("Shape", "draw", "anything"), ("Shape", "SIDES")):
        assert fault(*parts) == ""


def test_what_is_not_there_is_named():
    assert fault("Circle") == "a.py:1: Circle is not in qgis.PyQt.QtGui"
    assert fault("Shape", "Kind", "TWO") == "a.py:1: Shape.Kind.TWO is not in qgis.PyQt.QtGui"


def test_a_member_without_its_enumeration_is_named():
    assert fault("Shape", "ONE") == "a.py:1: Shape.ONE needs Kind before its last name"


def test_uses_are_found_with_their_line_under_any_alias(tmp_path):
    path = tmp_path / "a.py"
    path.write_text(
        "from qgis.PyQt.QtCore import Qt as Q\nfrom os import path\nx = Q.AlignmentFlag.AlignLeft\ny = path.sep\n",
        encoding="utf-8",
    )
    assert [(use.place.rpartition(":")[2], use.module, use.parts) for use in names.uses_in(path)] == [
        ("1", "qgis.PyQt.QtCore", ("Qt",)),
        ("3", "qgis.PyQt.QtCore", ("Qt", "AlignmentFlag", "AlignLeft")),
    ]


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("from qgis.core import QgsTask\nQgsTask.CanCancel\n", 1),
        ("from qgis.core import QgsTask\nQgsTask.Flag.CanCancel\n", 0),
        ("from qgis.core import QgsProcessing\nQgsProcessing.TypeRaster\n", 1),
        ("from qgis.core import QgsProcessing\nQgsProcessing.SourceType.TypeRaster\n", 0),
        ("from qgis.core import QgsNothing\n", 1),
    ],
)
def test_members_of_qgis_itself(qgis_app, tmp_path, source, faults):
    path = tmp_path / "a.py"
    path.write_text(source, encoding="utf-8")
    core = importlib.import_module("qgis.core")
    assert len([use for use in names.uses_in(path) if names.fault_of(use, core)]) == faults
