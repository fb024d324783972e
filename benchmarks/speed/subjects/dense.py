"""Images: dense mapping in blocks compared with mapping patch by patch, and with a loop over overlapping tiles."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ....engine.inference import Session
from ....engine.mapping import score_samples
from ....engine.model import NetworkDesign
from ..entries import Entry, Facts, Prepared, prepared
from ..flops import flops_per_pixel
from ..models import Model, model_of
from ..names import CONTEXTS_PX, DENSE, DENSE_DIFFERENCE, DENSE_FLOPS, PATCHES, PIECES, STRIDED, WHOLE
from ..pixels import Land, coast
from ..rivals.block_loop import BlockLoop
from ..samples import labelled_samples
from ..size import Size
from ..stored import Stored, as_read, tiled

HIDDEN = 128
BLOCK_PX = 256


def prepare(size: Size) -> Prepared:
    """Networks of both receptive fields, to map a block densely and its pixels one by one."""
    models = {context_px: image_model(coast(), context_px, size) for context_px in CONTEXTS_PX}
    entries = [entry for context_px, model in models.items() for entry in _pair(context_px, model, size)]
    image = tiled(coast().values, size.pieces_side_px)
    first = models[CONTEXTS_PX[0]]
    loop, pixels = BlockLoop(first.fp32, first.sensor.halo_px), float(size.pieces_side_px**2)
    entries.append(Entry(PIECES, pixels, lambda: partial(loop.classes, image)))
    session = first.session()
    entries.append(Entry(WHOLE, pixels, lambda: partial(_in_blocks, first, session, image)))
    return prepared(entries, partial(_facts, models, size))


def image_model(land: Land, context_px: int, size: Size, hidden: int = HIDDEN) -> Model:
    """The product's image network, trained briefly."""
    samples = labelled_samples(land, size.samples // 4, context_px)
    return model_of(samples, land.classes, land.bands, NetworkDesign(hidden=hidden), size.epochs)


def _pair(context_px: int, model: Model, size: Size) -> list[Entry]:
    block, session, patches = _block(context_px, size), model.session(), _patches(context_px, size)
    pixels, name = float((block.shape[1] - 2 * model.sensor.halo_px) ** 2), model.sensor.name
    return [
        Entry(DENSE.format(context_px), pixels, lambda: lambda: model.map(session, as_read(block))),
        Entry(
            PATCHES.format(context_px),
            float(len(patches)),
            lambda: lambda: score_samples(session, model.sensor, as_read(patches)),
        ),
        Entry(
            STRIDED.format(context_px),
            float(len(patches)),
            lambda: lambda: model.network.predict(name, as_read(patches)),
        ),
    ]


def _block(context_px: int, size: Size) -> Stored:
    """A block of the usual size with its halo."""
    return tiled(coast().values, min(BLOCK_PX, size.image_side_px) + 2 * (context_px // 2))


def _patches(context_px: int, size: Size) -> Stored:
    """The patches (sample, band, row, col) of the block's first pixels, row by row."""
    windows = sliding_window_view(_block(context_px, size), (context_px, context_px), axis=(1, 2))
    rows, cols = windows.shape[1:3]
    wanted = np.arange(min(size.patches, rows * cols))
    return np.ascontiguousarray(windows[:, wanted // cols, wanted % cols].transpose(1, 0, 2, 3))


def _in_blocks(model: Model, session: Session, image: Stored) -> None:
    """Map the image block by block with a halo, reflected at the edges."""
    halo_px = model.sensor.halo_px
    wide = np.pad(image, [(0, 0), (halo_px, halo_px), (halo_px, halo_px)], mode="reflect")
    for row in range(0, image.shape[1], BLOCK_PX):
        for col in range(0, image.shape[2], BLOCK_PX):
            side = BLOCK_PX + 2 * halo_px
            model.map(session, as_read(wide[:, row : row + side, col : col + side]))


def _facts(models: dict[int, Model], size: Size) -> Facts:
    """The difference between dense and patch by patch, and the networks' theoretical costs."""
    found = {}
    for context_px, model in models.items():
        session, patches = model.session(), as_read(_patches(context_px, size))
        dense = session.run(as_read(_block(context_px, size))[np.newaxis]).scores[0]
        by_patch = score_samples(session, model.sensor, patches)
        strided = model.network.predict(model.sensor.name, patches)
        own = dense.reshape(len(dense), -1).T[: len(patches)]
        found[DENSE_DIFFERENCE.format(context_px)] = float(
            max(np.abs(own - each).max() for each in (by_patch, strided))
        )
        found[DENSE_FLOPS.format(context_px)] = float(flops_per_pixel(model.network.network.sensor_network(0)))
    return found
