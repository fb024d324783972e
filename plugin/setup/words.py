"""Texts of the set-up window and its message bar."""

from __future__ import annotations

from pathlib import Path

from ...engine.contract import CoLearnError, EngineError, shown_text
from ..messages import tr
from ..process import environment
from ..process.offers import TRAIN_CPU_MB, Offer, Purpose, size_text

MOST_FOUND = 200  # characters in the message bar
HASHES_DIFFER = "DO NOT MATCH THE HASHES"  # as in pip's output


def introduction() -> str:
    """Why a set-up is needed."""
    return tr(
        "CoLearn runs in a separate process with its own Python environment (Python {needed} or later). The Python "
        "of QGIS is never modified."
    ).format(needed=environment.needed_python())


def checking() -> str:
    """Shown while the engine's Python is checked."""
    return tr("Checking the Python environment of the engine…")


def finding() -> tuple[bool, str]:
    """Whether the engine is usable, and its state: what it can be used for."""
    try:
        python = environment.find_python()
    except CoLearnError:
        return False, tr("✗ Not set up yet.")
    place = f"{python.path}, {environment.describe(python.origin)}"
    try:
        environment.require_health(python, environment.TRAIN_MODULES)
        return True, tr("✓ Ready to train and map.\n{place}").format(place=place)
    except CoLearnError as error:
        problem = error.found
    try:
        environment.require_health(python, environment.EVALUATE_MODULES)
        return True, tr("✓ Ready to map and evaluate; not set up to train.\n{place}").format(place=place)
    except CoLearnError:
        return False, tr("✗ {place} cannot be used: {problem}.").format(place=place, problem=problem)


def offer_words(offer: Offer) -> tuple[str, str]:
    """The title of an option with its size, and whom it is for."""
    titles = {
        Purpose.TRAIN_CPU: tr("Training and mapping on the CPU"),
        Purpose.TRAIN_CUDA: tr("Training and mapping on an NVIDIA GPU"),
        Purpose.MAP: tr("Mapping and evaluation only"),
    }
    explanations = {
        Purpose.TRAIN_CPU: tr("PyTorch without CUDA: for any computer."),
        Purpose.TRAIN_CUDA: tr("PyTorch with CUDA: needs an NVIDIA graphics card and its driver."),
        Purpose.MAP: tr("Without PyTorch: for models trained elsewhere."),
    }
    title = tr("{title} – {size}").format(title=titles[offer.purpose], size=size_text(offer.megabytes))
    return title, explanations[offer.purpose]


def other_packages_words() -> str:
    """What it means if pip rejects a package because of its checksum."""
    return tr(
        "✗ A package does not match its checksum: it was modified in transit, or the index (above) offers its own "
        "builds. It was not installed. Contact the administrator of the index; or, if you trust it, create an "
        "environment manually with engine-requirements.txt and select it with “Use another Python…”."
    )


def resume_words() -> str:
    """What a new attempt need not download again: files in pip's cache, where the index allows caching."""
    return tr("Finished downloads are kept if the index allows it, and reused in the next attempt.")


def target_words(target: Path) -> str:
    """Where the environment is created, and how to remove it."""
    return tr("Installed into {target}; delete this folder to uninstall.").format(target=target)


def bar_text() -> str:
    """The message bar's line, short enough for a narrow map canvas; the window has the size of each option."""
    return tr("One-time set-up needed ({size}).").format(size=size_text(TRAIN_CPU_MB))


def broken_text(error: EngineError) -> str:
    """The message bar's line if the installed engine cannot be used."""
    return tr("The Python environment of the engine cannot be used: {found}.").format(
        found=shown_text(error.found, MOST_FOUND)
    )
