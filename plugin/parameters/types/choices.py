"""Choices given by index, as qgis_process lists them."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingAlgorithm, QgsProcessingParameterEnum


def with_named_choices(algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters, with choices given by index replaced by their names.

    qgis_process lists choices as ``0: auto``, ``1: mdico`` and asks for the index, which QGIS then refuses, because
    the values of these parameters are the names.
    """
    named = dict(parameters)
    for definition in algorithm.parameterDefinitions():
        value = parameters.get(definition.name())
        if isinstance(definition, QgsProcessingParameterEnum) and isinstance(value, (str, int)):
            number = str(value)
            if number.isascii() and number.isdigit() and int(number) < len(definition.options()):
                named[definition.name()] = definition.options()[int(number)]
    return named
