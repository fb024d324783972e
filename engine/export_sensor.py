"""Export a sensor: its network as a plain ONNX file, with the metadata by which the QGIS plugin Deepness runs it."""

from __future__ import annotations

import json
import math

import numpy as np

from .arrays import Floats
from .contract import (
    Device,
    ErrorCode,
    ExportSensorJob,
    Finished,
    JobError,
    Manifest,
    ModelError,
    Precision,
    SensorManifest,
)
from .contract.wire import without_controls
from .export import TileScores, plain_onnx
from .inference import MapSession, Session, SessionOptions, open_session
from .mapping import BlockMap, map_block
from .model_file import ModelFile
from .outputs import OutputSet
from .process import Reporter, listed

TOLERANCE = 1e-4  # of a score, in units of its standard deviation
HALOS_IN_A_TILE = 4  # at least: tiles overlap by two of them, which is half of such a tile
BYTE_STEPS = 255  # by which Deepness divides every value before it standardizes


def export_sensor(job: ExportSensorJob, reporter: Reporter) -> Finished:
    """Write the file after verifying that it gives the same scores and classes as maps.

    Raises:
        CoLearnError: a model, sensor, tile or output that cannot be used.
    """
    model = ModelFile.open(job.model)
    sensor = _sensor_of(model.manifest, job.sensor)
    _require_room(sensor, job.tile_px)
    session = open_session(model, sensor, SessionOptions(Device.CPU, Precision.FP32), threads=0, reporter=reporter)
    scores = _scores_of(model.manifest)
    with OutputSet(job.run_id, inputs=(job.model,), warn=reporter.warning) as outputs:
        staged = outputs.stage(job.output_onnx)
        metadata = metadata_of(model.manifest, sensor, job)
        content = plain_onnx(model.graph(sensor.name), sensor, scores, job.tile_px, metadata.items())
        reporter.progress(0.5, "Comparing the file with the model")
        _require_alike(content, session, model.manifest, sensor, job.tile_px)
        outputs.write_bytes(staged, content)
        outputs.commit()
    _log(model.manifest, sensor, metadata, reporter)
    reporter.progress(1.0, "Finished")
    return Finished({"OUTPUT_ONNX": job.output_onnx}, sensor=sensor.name)


def metadata_of(manifest: Manifest, sensor: SensorManifest, job: ExportSensorJob) -> dict[str, str]:
    """The metadata of the file: the keys documented by Deepness, each as JSON, and further information."""
    names = [label.name for label in manifest.classes] or [target.title for target in manifest.targets]
    is_segmentor = manifest.task.one_class
    channels = ["_background", *names] if is_segmentor else names
    bands = sensor.shape.channels
    known = {
        "model_type": "Segmentor" if is_segmentor else "Regressor",
        "class_names": {str(channel): name for channel, name in enumerate(channels)},
        "resolution": float(f"{100 * sensor.pixel_m:.3g}"),  # in centimetres of the CRS, which no projection keeps true
        "tiles_size": job.tile_px,
        "tile_size": job.tile_px,  # the name that its code reads
        "tiles_overlap": overlap_percent(sensor, job.tile_px),
        "standardization_mean": [0.0] * bands,  # (value / 255 - 0) / (1 / 255): the raster's own values
        "standardization_std": [1 / BYTE_STEPS] * bands,
        **({"seg_thresh": 0.0, "seg_small_segment": 0} if is_segmentor else {"reg_output_scaling": 1.0}),
    }
    own = {
        "colearn_sensor": sensor.name,
        "colearn_bands": list(sensor.band_names()),
        "colearn_dates": list(sensor.dates),
        "colearn_class_codes": [label.code for label in manifest.classes],
        "colearn_nodata_values": list(sensor.nodata),
        "colearn_model": manifest.identity,
        "created": manifest.created,
        "license": without_controls(job.license),
        "attribution": without_controls(job.attribution),
    }
    return {key: json.dumps(value, ensure_ascii=False) for key, value in {**known, **own}.items() if value != ""}


def overlap_percent(sensor: SensorManifest, tile_px: int) -> int:
    """The overlap of adjacent tiles, such that every pixel's whole patch lies in one of them."""
    return math.ceil(100 * 2 * sensor.halo_px / tile_px)


def _sensor_of(manifest: Manifest, name: str | None) -> SensorManifest:
    if name is None and len(manifest.sensors) > 1:
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject="SENSOR",
            found=f"no sensor, but a model with {len(manifest.sensors)} sensors",
            expected=f"one of {listed([sensor.name for sensor in manifest.sensors])}",
            remedy="Choose the sensor to export.",
        )
    return manifest.sensor(name) if name is not None else manifest.sensors[0]


def _require_room(sensor: SensorManifest, tile_px: int) -> None:
    least_px = HALOS_IN_A_TILE * sensor.halo_px
    if tile_px < least_px:
        raise JobError(
            ErrorCode.JOB_INVALID,
            subject="TILE_PX",
            found=f"{tile_px} pixels",
            expected=f"at least {least_px} pixels, because a pixel of {sensor.name} depends on {sensor.halo_px} "
            f"pixels around it",
            remedy="Choose larger tiles.",
        )


def _scores_of(manifest: Manifest) -> TileScores:
    return TileScores(manifest.task, len(manifest.classes) or len(manifest.targets), manifest.decision)


def _require_alike(
    content: bytes, session: MapSession, manifest: Manifest, sensor: SensorManifest, tile_px: int
) -> None:
    """Compare a tile of synthetic values with the map of the same values, where patches lie within it.

    Raises:
        ModelError: MODEL_EXPORT_DIFFERS.
    """
    tile = made_up_tile(sensor, tile_px)
    found = Session(content, Device.CPU, threads=0).run(tile).scores[0]
    block = map_block(session, sensor, manifest, _as_block(tile, sensor))
    inside = slice(sensor.halo_px, tile_px - sensor.halo_px)
    difference, same_classes = compare(found[:, inside, inside], block, manifest)
    if not same_classes or difference > TOLERANCE:
        raise ModelError(
            ErrorCode.MODEL_EXPORT_DIFFERS,
            subject=sensor.name,
            found=f"scores that deviate by up to {difference:.3g}{'' if same_classes else ', and different classes'}",
            expected=f"the scores of the model, within {TOLERANCE:g}",
            remedy="Please report this with the versions of onnx and onnxruntime in use.",
        )


def compare(found: Floats, block: BlockMap, manifest: Manifest) -> tuple[float, bool]:
    """The maximum difference of scores (channel, row, col) to a map's, and whether the classes are the same."""
    if not manifest.task.one_class:
        unit = np.array([target.sd or 1.0 for target in manifest.targets] or [1.0], np.float32)
        apart = np.abs(found - block.scores) / unit.reshape(-1, 1, 1)
        return float(np.nanmax(apart, initial=0.0)), np.array_equal(np.isnan(found), np.isnan(block.scores))
    weights = np.array(manifest.decision or [1.0], np.float32).reshape(-1, 1, 1)
    expected = np.nan_to_num(block.scores * weights)
    codes = np.array([int(manifest.nodata), *(label.code for label in manifest.classes)])
    same = np.array_equal(codes[found.argmax(axis=0)], block.main[0])
    return float(np.abs(found[1:] - expected).max(initial=0.0)), same


def made_up_tile(sensor: SensorManifest, tile_px: int) -> Floats:
    """Synthetic values (1, channel, row, col) like the training's, some of them nodata."""
    random = np.random.default_rng(0)
    shape = (max(1, sensor.shape.dates), sensor.shape.bands, tile_px, tile_px)
    mean, sd, low, high = (
        np.array([getattr(band, name) for band in sensor.bands], np.float32).reshape(1, -1, 1, 1)
        for name in ("mean", "sd", "minimum", "maximum")
    )
    values = np.clip(mean + sd * random.standard_normal(shape, np.float32), low, high).astype(np.float32)
    if np.issubdtype(np.dtype(sensor.dtype), np.integer):
        values = np.round(values)
    middle = tile_px // 2
    values[:, :, middle : middle + 2, middle : middle + 2] = np.nan
    return values.reshape(1, -1, tile_px, tile_px)


def _as_block(tile: Floats, sensor: SensorManifest) -> Floats:
    """A tile as maps read one: nodata as NaN; series as (date, band, row, col)."""
    values = np.where(np.isin(tile[0], np.array(sensor.nodata, np.float32)), np.float32(np.nan), tile[0])
    return values.reshape(sensor.shape.block(*values.shape[1:]))


def _log(manifest: Manifest, sensor: SensorManifest, metadata: dict[str, str], reporter: Reporter) -> None:
    order = "dates in order, each with all bands: " if sensor.shape.has_dates else ""
    reporter.info("channels", f"Channels of the image, raw values: {order}{listed(sensor.band_names())}.")
    if sensor.dates:
        reporter.info("dates", f"Dates: {listed(sensor.dates)}.")
    if manifest.decision:
        reporter.info(
            "weighted",
            "The scores are probabilities times the class weights of the model's decision, so that the largest is the "
            "class of CoLearn's map.",
        )
    if sensor.mask:
        reporter.warning(
            "mask_left_out",
            f"The quality mask of {sensor.name} ({sensor.mask}) is not part of the file: mask the image beforehand.",
        )
    reporter.info("tiles", f"Tiles overlap by {metadata['tiles_overlap']} % to avoid seams.")
