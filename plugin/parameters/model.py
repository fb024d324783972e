"""Checks on the chosen model file. Shared by prediction and evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .types.values import ParameterValues


def check_model(values: ParameterValues) -> None:
    """Refuse a file that is not a model.

    Raises:
        ModelError: the file is not a model, of a newer schema, or damaged.
    """
    if values.is_given("MODEL"):
        from ..model_card import read_manifest

        read_manifest(values.file("MODEL"))


def check_sensor(values: ParameterValues) -> None:
    """Refuse a sensor the model does not have.

    Raises:
        ModelError: MODEL_OTHER_SENSOR, naming the model's sensors.
    """
    if values.is_given("MODEL") and values.text("SENSOR"):
        from ..model_card import read_manifest

        read_manifest(values.file("MODEL")).sensor(values.text("SENSOR"))


def trained_fields(values: ParameterValues) -> tuple[str, ...]:
    """The label field or fields that the model was trained on, from its manifest."""
    if not values.is_given("MODEL"):
        return ()
    from ..model_card import read_manifest

    return read_manifest(values.file("MODEL")).label_fields
