"""The folder of a run's parts next to its output: created, recognized, kept separate from those of other runs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...contract import CodecError, Device, ErrorCode, JobError, OutputError, Precision, PredictJob, Quality
from ...contract.wire import NoPlainFileError, from_plain, is_own_folder, parse_json, read_plain, to_plain
from ...mapping import Mapper
from ...outputs import PARTS, cannot, temporary_folder, unwritable
from ...process import Reporter
from ..plan import PartPlan, RunIdentity, identity_of_run, plan_parts
from .atomic_write import write_durably
from .store import PartStore

PLAN = "plan.json"
_MOST_PLAN_BYTES = 2**20


@dataclass(frozen=True)
class Plan:
    """The description of a folder of parts: the name of the output, and the identity of the run."""

    output: str
    run: RunIdentity


def store_of(mapper: Mapper, part_px: int) -> PartStore:
    """The store of the parts of a mapper's map; nothing is created.

    Raises:
        InputError: INPUT_CHANGED.
    """
    plan = plan_of_parts(mapper, part_px)
    identity = identity_of_run(mapper, plan)
    mapper.scene.require_unchanged()  # the identity refers to the opened files
    output = Path(os.path.abspath(mapper.job.output))
    # Temporary folders of runs that write the output never have such a name.
    folder = temporary_folder(output, f"{PARTS}{identity.short}")
    return PartStore(folder, output.name, identity, plan, mapper.layers, mapper.scene.grid)


def prepare(store: PartStore, job: PredictJob, reporter: Reporter, shall: bool) -> bool:
    """Whether the map is made in parts: because it was requested, or because some exist; logs other parts found.

    Args:
        shall: parts are requested.

    Raises:
        JobError: precision, device or quality are automatic, and an earlier run of the same job chose differently.
    """
    others = dict(_others(store))
    _require_resolved_alike(job, store.identity, others)
    for folder, run in others.items():
        reporter.warning(
            "parts_unused",
            f"The parts in {folder.name} belong to an earlier run of this map ({store.identity.differences(run)}). "
            f"They are not used, and are removed when this map is complete.",
        )
    return shall or store.has_usable()


def claim(store: PartStore) -> None:
    """Create the store's folder; the first process describes its run there, the others check that it is theirs too.

    Raises:
        OutputError: it cannot be written, or belongs to another run.
    """
    plan = Plan(store.output, store.identity)
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        if not is_own_folder(store.folder):
            raise NoPlainFileError(store.folder, "a link, or another person's folder,")
        if not (store.folder / PLAN).exists():
            write_durably(store.folder / PLAN, json.dumps(to_plain(plan), indent=1, ensure_ascii=False))
    except OSError as error:
        raise unwritable(store.folder, error) from error
    found = _read(store.folder)
    if found != plan:
        raise _other_run(store.folder, plan, found)


def plan_of_parts(mapper: Mapper, part_px: int) -> PartPlan:
    """The part plan that suits the scene's storage layout."""
    strips = mapper.scene.block_shape[1] >= mapper.scene.grid.cols
    return plan_parts(mapper.blocks, part_px, strips)


def remove_others(store: PartStore, reporter: Reporter) -> None:
    """Remove the parts of other runs of an output that is now complete."""
    for folder, _ in _others(store):
        shutil.rmtree(folder, ignore_errors=True)
        reporter.info("parts_removed", f"Removed {folder.name}: parts of an earlier run of this map.")


def _others(store: PartStore) -> Iterator[tuple[Path, RunIdentity]]:
    """The folders with parts of the same output from other runs; unreadable ones are skipped."""
    parent, prefix = store.folder.parent, store.folder.name.rpartition("-")[0]
    for name in sorted(os.listdir(parent)) if parent.is_dir() else ():
        plan = _read(parent / name) if name.startswith(prefix) and name != store.folder.name else None
        if plan is not None and plan.output == store.output:
            yield parent / name, plan.run


def _read(folder: Path) -> Plan | None:
    if not is_own_folder(folder):
        return None
    try:
        return from_plain(Plan, parse_json(read_plain(folder / PLAN, _MOST_PLAN_BYTES).decode("utf-8")))
    except (OSError, ValueError, CodecError):
        return None


def _require_resolved_alike(job: PredictJob, identity: RunIdentity, others: dict[Path, RunIdentity]) -> None:
    if Precision.AUTO is not job.precision and Device.AUTO is not job.device and Quality.AUTO is not job.quality:
        return
    for folder, run in others.items():
        if identity.is_resolved_otherwise(run):
            raise JobError(
                ErrorCode.JOB_INVALID,
                subject="PRECISION, DEVICE and QUALITY",
                found=f"{_resolved(identity)} here, but parts of the same map in {_resolved(run)} in {folder}",
                expected="one precision, one device and one quality for all parts of a map",
                remedy=f"To resume with those parts, set the precision to {run.precision}, the device to "
                f"{run.device} and the quality to {run.quality}. To start again, set the values you want instead "
                f"of auto.",
            )


def _resolved(run: RunIdentity) -> str:
    return f"{run.precision} on {run.device}, quality {run.quality}"


def _other_run(folder: Path, plan: Plan, found: Plan | None) -> OutputError:
    seen = "no readable " + PLAN if found is None else f"parts of another run ({plan.run.differences(found.run)})"
    remedy = f"Remove {folder}, and run the job again."
    return cannot(folder / PLAN, seen, "the parts of this run", remedy)
