"""Computing parts of a map in this process, one after the other in one stream of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...mapping import Mapper, in_order
from ...raster.geo import Window
from ..store import PartStore, PartWriter


def compute_parts(mapper: Mapper, store: PartStore, parts: Iterable[Window], threads: int) -> Iterator[Window]:
    """Compute parts and store them; yields each as soon as it is finished.

    While one part is being written, the blocks of the next are already computed.

    Raises:
        CoLearnError: a block that cannot be read or mapped, a part that cannot be written.
    """
    blocks = ((part, block) for part in parts for block in store.plan.blocks_of(part))
    making: PartWriter | None = None
    left = 0
    try:
        mapped = in_order(blocks, lambda item: mapper.read(item[1]), mapper.map, threads, mapper.readers)
        for (part, block), arrays in mapped:
            if making is None:
                making, left = store.begin(part), len(store.plan.blocks_of(part))
            making.write(block, arrays)
            left -= 1
            if left == 0:
                making.finish()
                making = None
                yield part
    finally:
        if making is not None:
            making.discard()
