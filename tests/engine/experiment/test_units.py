"""Units of the targets of a regression."""

import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.experiment.units import target_units
from colearn.engine.samples.labels.label_space import LabelSpace


def space(*names: str, task: Task = Task.REGRESSION) -> LabelSpace:
    return LabelSpace(task, names, (), -9999.0)


@pytest.mark.parametrize(
    ("units", "names", "expected"),
    [
        ((), ("height", "biomass"), ("", "")),
        (("", " "), ("height", "biomass"), ("", "")),
        (("m", ""), ("height", "trees"), ("m", "")),
        (("m",), ("height",), ("m",)),
        (("t/ha",), ("stems", "leaves"), ("t/ha", "t/ha")),
        (("m ", " t/ha"), ("height", "biomass"), ("m", "t/ha")),
    ],
)
def test_one_for_each_or_one_for_all(units, names, expected) -> None:
    assert target_units(units, space(*names)) == expected


@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.MULTILABEL])
def test_classes_and_labels_have_none(task: Task) -> None:
    assert target_units((), space("kind", task=task)) == ("",)
    with pytest.raises(InputError, match="no unit") as error:
        target_units(("m",), space("kind", task=task))
    assert error.value.code is ErrorCode.UNITS_UNFIT


def test_another_number_of_them() -> None:
    with pytest.raises(InputError, match=r"found 2 units: m, t; .* or 3, one per field: a, b, c"):
        target_units(("m", "t"), space("a", "b", "c"))
    with pytest.raises(InputError, match=r"expected one unit for all targets\."):
        target_units(("m", "t"), space("a"))
