"""Train: one model file from several sensors and labels, and the truth about what training together brought."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .bundle.graph import export_graph
from .bundle.model_file import write_model
from .bundle.weights import weights_bytes
from .contract.events import Epoch, Finished, Level
from .contract.job import Task, TrainJob
from .contract.manifest import Manifest, SensorKind
from .contract.method import Method
from .describe import TrainingRecord, describe_training
from .learning.device import choose_device
from .learning.material import Material
from .learning.statistics import Statistics
from .learning.training import Settings, TrainedNetwork, train_network
from .outputs import OutputSet
from .raster.sensor import SensorRasters
from .report.evidence import PartCounts, SensorEvidence, TrainingEvidence
from .report.training import training_report
from .reporting import Reporter
from .samples.extract import context_px
from .samples.gather import gather, seen_by_all, without_empty_classes
from .samples.label_space import LabelSpace
from .samples.places import Placement, Places
from .samples.placing import finest, place_labels
from .samples.sample_set import SampleSet, Split
from .samples.split import lonely_classes, split_by_group
from .sensors import open_sensors

DEFAULT_CONTEXT_PX = 15
LEAST_BYTES_PER_SENSOR = 500_000  # of a model file: better told now than when hours of training are over
TOGETHER = "co-learned"


def train(job: TrainJob, reporter: Reporter) -> Finished:
    """Train on the job's sensors, score every sensor on the test part, write model and report.

    Raises:
        CoLearnError: any input, device or output that cannot be used.
    """
    device, device_note = choose_device(job.device)
    reporter.info("device", device_note)
    with OutputSet(job.run_id, inputs=_inputs(job)) as outputs:
        model_path = outputs.stage(job.output_model)
        outputs.require_free(job.output_model, LEAST_BYTES_PER_SENSOR * len(job.sensors))
        report_path = outputs.stage(job.output_report) if job.output_report else None
        sensors = open_sensors(job.sensors, job.labels, reporter)
        sides_px = _sides_px(job.context_m, sensors, reporter)
        places, samples = _samples(job, sensors, sides_px, reporter.within(0.0, 0.15))
        split = _split(job, places, samples, reporter)
        settings = _settings(job, places.space, device)
        networks = _learn(job.method, samples, split, settings, reporter.within(0.15, 0.9))
        reporter.progress(0.9, "Scoring on the test part")
        evidence = _evidence(networks, places.space, samples, split, reporter)
        record = TrainingRecord(job, sensors, sides_px, places, samples, split, networks.statistics(), evidence)
        manifest = describe_training(record)
        reporter.progress(0.93, "Exporting")
        graphs = _graphs(networks, manifest)
        report = training_report(manifest, evidence)
        weights = weights_bytes(networks.weights())
        write_model(model_path, manifest, graphs, weights, report)
        if report_path:
            outputs.write_text(report_path, report)
        outputs.commit()
    reporter.progress(1.0, "Finished")
    return _finished(job, manifest)


def _inputs(job: TrainJob) -> tuple[str, ...]:
    rasters = [raster.path for sensor in job.sensors for raster in sensor.rasters]
    return (*rasters, *job.labels.paths())


def _sides_px(context_m: float | None, sensors: tuple[SensorRasters, ...], reporter: Reporter) -> tuple[int, ...]:
    """Side of the patch of every sensor in its own pixels; 1 for series."""
    images = tuple(sensor for sensor in sensors if sensor.kind is SensorKind.IMAGE)
    series = [sensor.name for sensor in sensors if sensor.kind is SensorKind.SERIES]
    if series:
        reporter.info(
            "context", f"{', '.join(series)}: time series are read at the sample's own pixel, without context."
        )
    if not images:
        return (1,) * len(sensors)
    if context_m is None:
        context_m = DEFAULT_CONTEXT_PX * finest(images).scenes[0].grid.pixel_m()
    sides = tuple(
        context_px(context_m, sensor.scenes[0].grid.pixel_m()) if sensor.kind is SensorKind.IMAGE else 1
        for sensor in sensors
    )
    seen = ", ".join(f"{sensor.name} {side} × {side} px" for sensor, side in zip(sensors, sides, strict=True))
    reporter.info("context", f"Every pixel is judged by the square of {context_m:.4g} m around it: {seen}.")
    return sides


def _samples(
    job: TrainJob, sensors: tuple[SensorRasters, ...], sides_px: tuple[int, ...], reporter: Reporter
) -> tuple[Places, SampleSet]:
    reporter.progress(0.0, "Placing the labels")
    places = place_labels(job.labels, sensors, Placement(job.task, job.max_samples, job.seed), reporter)
    samples = seen_by_all(gather(sensors, sides_px, places, reporter.within(0.2, 1.0)), places.subject)
    reporter.info("samples", f"{len(samples)} samples that every sensor covers.")
    space, samples = without_empty_classes(places.space, samples, reporter)
    return replace(places, space=space), samples


def _split(job: TrainJob, places: Places, samples: SampleSet, reporter: Reporter) -> Split:
    split = split_by_group(samples, job.seed, places.subject)
    reporter.info(
        "split",
        f"Split by {places.grouped_by}: {len(split.train)} samples to train, {len(split.validation)} to validate, "
        f"{len(split.test)} to test.",
    )
    untested = [places.space.classes[index].name for index in lonely_classes(samples, split)]
    if untested:
        reporter.warning(
            "classes_untested",
            f"No test sample of {', '.join(untested)}: too few groups. They are mapped; how well is not known.",
        )
    return split


def _settings(job: TrainJob, space: LabelSpace, device: str) -> Settings:
    return Settings(
        epochs=job.epochs,
        batch_size=job.batch_size,
        learning_rate=job.learning_rate,
        class_weight=job.class_weight,
        seed=job.seed,
        device=device,
        outputs=space.outputs,
    )


@dataclass(frozen=True)
class Networks:
    """What was trained: all sensors together (None for the method ``alone``), and each alone."""

    together: TrainedNetwork | None
    alone: dict[str, TrainedNetwork]

    def shipped(self, sensor: str) -> TrainedNetwork:
        """The network whose graph goes into the model file."""
        return self.together or self.alone[sensor]

    def statistics(self) -> tuple[Statistics, ...]:
        """Statistics of every sensor over the training samples, in the order of the sensors."""
        return tuple(network.sensor(name).statistics for name, network in self.alone.items())

    def weights(self) -> dict[str, TrainedNetwork]:
        """The networks whose weights go into the model file, by training."""
        return (
            {TOGETHER: self.together} if self.together else {f"alone/{name}": net for name, net in self.alone.items()}
        )


def _learn(method: Method, samples: SampleSet, split: Split, settings: Settings, reporter: Reporter) -> Networks:
    """Train together and, with the same split, settings and capacity, each sensor alone."""
    names = [sensor.name for sensor in samples.sensors]
    together_share = len(names) / (2 * len(names)) if method is Method.MDICO else 0.0
    together = None
    if method is Method.MDICO:
        together = _train_one(samples, split, settings, TOGETHER, reporter.within(0.0, together_share))
    alone = {}
    for number, name in enumerate(names):
        start = together_share + (1 - together_share) * number / len(names)
        end = together_share + (1 - together_share) * (number + 1) / len(names)
        alone[name] = _train_one(samples.only(name), split, settings, f"alone: {name}", reporter.within(start, end))
    return Networks(together, alone)


def _train_one(samples: SampleSet, split: Split, settings: Settings, name: str, reporter: Reporter) -> TrainedNetwork:
    reporter.progress(0.0, f"Training {name}")

    def on_epoch(epoch: Epoch) -> None:
        reporter.epoch(epoch)
        reporter.progress(epoch.epoch / epoch.epochs, f"Training {name}")

    return train_network(Material(samples), split, settings, name, on_epoch)


def _evidence(
    networks: Networks, space: LabelSpace, samples: SampleSet, split: Split, reporter: Reporter
) -> TrainingEvidence:
    """Every network's predictions on the test part: the only place where it is touched."""
    test = samples.take(split.test)
    predictions = tuple(
        SensorEvidence(
            sensor.name,
            networks.together.predict(sensor.name, sensor.values) if networks.together else None,
            networks.alone[sensor.name].predict(sensor.name, sensor.values),
            seen=test.present[:, at],
        )
        for at, sensor in enumerate(test.sensors)
    )
    trained = ([networks.together] if networks.together else []) + list(networks.alone.values())
    history = tuple(epoch for network in trained for epoch in network.history)
    return TrainingEvidence(
        target=test.target,
        groups=test.groups,
        longitude=test.longitude,
        latitude=test.latitude,
        sensors=predictions,
        history=history,
        notes=reporter.texts(Level.INFO),
        warnings=reporter.texts(Level.WARNING),
        class_counts=_class_counts(len(space.classes), samples, split),
    )


def _class_counts(classes: int, samples: SampleSet, split: Split) -> tuple[PartCounts, ...]:
    """Samples of every class in each part; of every label for multilabel; nothing for regression."""
    if samples.task is Task.REGRESSION:
        return ()
    if samples.task is Task.MULTILABEL:
        member = samples.target > 0
    else:
        member = samples.target[:, np.newaxis] == np.arange(classes)
    counts = zip(*(member[part].sum(axis=0) for part in (split.train, split.validation, split.test)), strict=True)
    return tuple(PartCounts(*(int(count) for count in parts)) for parts in counts)


def _graphs(networks: Networks, manifest: Manifest) -> dict[str, bytes]:
    codes = [label.code for label in manifest.classes] if manifest.task is Task.CLASSIFICATION else []
    return {
        sensor.graph: export_graph(networks.shipped(sensor.name), sensor.name, codes, manifest.nodata)
        for sensor in manifest.sensors
    }


def _finished(job: TrainJob, manifest: Manifest) -> Finished:
    outputs = {"OUTPUT_MODEL": job.output_model}
    if job.output_report:
        outputs["OUTPUT_REPORT"] = job.output_report
    numbers = {"TEST_SAMPLES": float(manifest.samples.test)}
    for sensor in manifest.sensors:
        score = sensor.score
        numbers[f"SCORE:{sensor.name}"] = (score.colearned or score.alone).value
        numbers[f"SCORE_ALONE:{sensor.name}"] = score.alone.value
        if score.gain:  # nothing is claimed that was not measured
            numbers[f"GAIN:{sensor.name}"] = score.gain.value
    return Finished(outputs, numbers)
