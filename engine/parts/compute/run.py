"""All parts of a map: those reused, and those computed, in this process or on a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...contract import Finished, OutputError
from ...mapping import Arrays, Mapper, in_order
from ...outputs import OutputSet
from ...process import Reporter
from ...raster.geo import Window
from ..plan import Execution, Shard
from ..store import PartStore, prepare, presence, store_of
from .local import compute_parts

ASSEMBLING_SHARE = 0.1  # of the total time of a map in parts


def compute_shard(mapper: Mapper, shard: Shard, execution: Execution, reporter: Reporter) -> Finished:
    """Compute a shard's parts and store them; another run assembles the map.

    Raises:
        CoLearnError: as :func:`.parts.compute_parts`.
    """
    store = store_of(mapper, execution.part_px)
    prepare(store, mapper.job, reporter, shall=True)
    parts = store.plan.parts
    mine = [parts[at] for at in shard.of(len(parts))]
    with presence(store):
        complete(mapper, store, mine, execution, OutputSet(), reporter)
    reporter.info(
        "shard_done",
        f"Shard {shard.number} of {shard.count} is finished: {len(mine)} of {len(parts)} parts in {store.folder}. "
        f"When all shards are finished, run the same command without --shard to compute missing parts and write the "
        f"map.",
    )
    return Finished({}, {"parts": float(len(mine))})


def complete(
    mapper: Mapper,
    store: PartStore,
    parts: Sequence[Window],
    execution: Execution,
    outputs: OutputSet,
    reporter: Reporter,
) -> None:
    """Compute the parts that are not finished yet.

    Args:
        outputs: keeps track of the disk space needed on each drive.

    Raises:
        CoLearnError: a part cannot be computed or written, the disk space is insufficient, or the cluster fails.
    """
    done = _look_over(store, parts, mapper.threads, reporter)
    missing = [part for part in parts if part not in done]
    _require_room(store, missing, outputs)
    reporter.info("parts_kept", f"Finished parts are kept in {store.folder} until the map is complete.")
    for count, _part in enumerate(_computed(mapper, store, missing, execution, reporter), start=len(done) + 1):
        reporter.progress(count / len(parts), f"Part {count} of {len(parts)}")


def blocks_of_parts(mapper: Mapper, store: PartStore) -> Iterator[tuple[Window, Arrays]]:
    """All blocks of the map, read from its parts, in the order in which they would have been computed."""
    return in_order(mapper.blocks, store.read, _as_it_is, threads=1)


def _as_it_is(arrays: Arrays) -> Arrays:
    return arrays


def _look_over(store: PartStore, parts: Sequence[Window], threads: int, reporter: Reporter) -> set[Window]:
    done, damaged = store.look_over(parts, threads)
    for damage in damaged:
        reporter.warning("part_damaged", f"{damage.file} cannot be used ({damage.reason}): the part is computed again.")
    if done or damaged:
        reporter.info("parts_found", f"{len(done)} of {len(parts)} parts were finished earlier and are reused.")
        reporter.progress(len(done) / len(parts), f"Part {len(done)} of {len(parts)}")
    return done


def _computed(
    mapper: Mapper, store: PartStore, missing: Sequence[Window], execution: Execution, reporter: Reporter
) -> Iterator[Window]:
    if not missing:
        return iter(())
    if not execution.cluster:
        return compute_parts(mapper, store, missing, mapper.threads)
    from .dask_cluster import compute_on_cluster

    return compute_on_cluster(execution, mapper, store, missing, reporter)


def _require_room(store: PartStore, missing: Sequence[Window], outputs: OutputSet) -> None:
    """Raise if the parts do not fit on the disk in addition to the outputs.

    Raises:
        OutputError: DISK_FULL.
    """
    try:
        outputs.require_free(store.folder, _bytes_of(store, missing))
    except OutputError as error:
        raise OutputError(
            error.code,
            subject=store.output,
            found=error.found,
            expected=f"{error.expected}: a map made in parts needs twice the space, for the parts and for the map",
            remedy=f"{error.remedy} Or turn off KEEP_PARTS and delete the folder {store.folder} if it exists: "
            f"without parts (and without --shard and --dask) the map is written directly and needs the space "
            f"only once.",
        ) from error


def _bytes_of(store: PartStore, parts: Sequence[Window]) -> int:
    """Uncompressed size of parts, which store computed values: conversion to 16 bits happens in the final map."""
    pixel_bytes = sum(len(layer.bands) * np.dtype(layer.dtype).itemsize for layer in store.layers)
    return pixel_bytes * sum(part.pixels for part in parts)
