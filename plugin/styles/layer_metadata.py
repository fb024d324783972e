"""Layer metadata of a map made by CoLearn: title, abstract, history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from qgis.core import QgsMapLayer

from ...engine.contract import Manifest, shown_text
from ..messages import tr
from ..model_card import card_lines

_MOST_ABSTRACT = 10_000  # characters


@dataclass(frozen=True)
class LayerMetadata:
    """Metadata of one output: its title, which is also the layer's name, what it shows, how it was made."""

    title: str
    abstract: str
    history: tuple[str, ...] = ()

    def describe(self, layer: QgsMapLayer) -> None:
        """Fill in the metadata of a layer."""
        metadata = layer.metadata()
        metadata.setTitle(shown_text(self.title))
        metadata.setAbstract(shown_text(self.abstract, _MOST_ABSTRACT))
        metadata.setType("dataset")
        metadata.setHistory([shown_text(line, _MOST_ABSTRACT) for line in self.history])
        metadata.setCrs(layer.crs())
        layer.setMetadata(metadata)


def map_metadata(
    model: str, manifest: Manifest, sensor: Optional[str], what: str, sources: tuple[str, ...]
) -> LayerMetadata:
    """The metadata of a map made by ``model`` from ``sensor`` (None if unknown).

    Args:
        what: what the output shows if it is not the map itself; empty for the map.
        sources: the names of the rasters it was made from.
    """
    title = " · ".join(part for part in (Path(model).stem, sensor, what) if part)
    subject = ", ".join(label.name for label in manifest.classes) or ", ".join(each.title for each in manifest.targets)
    shown = tr("{what} of {field}") if what else "{field}"
    abstract = tr("{field}: {subject}. {scores}").format(
        field=shown.format(what=what, field=manifest.label),
        subject=subject,
        scores=" ".join(card_lines(manifest, sensor)),
    )
    made = tr("Made by CoLearn from {sources} with the model {model} (identity {identity}), sensor {sensor}.")
    return LayerMetadata(
        title,
        abstract,
        (
            tr("Model trained {date} with the method {method}.").format(
                date=manifest.created[:10], method=manifest.method
            ),
            made.format(
                sources=", ".join(sources),
                model=Path(model).name,
                sensor=sensor or tr("recognized from the bands"),
                identity=manifest.identity,
            ),
        ),
    )
