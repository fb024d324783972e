"""The public interface: ids, parameter names, choices, defaults and outputs."""

import html
import re
from pathlib import Path

import pytest
from colearn.engine.contract import FEW_TRAINING_SAMPLES, FEWEST_EPOCHS, MOST_EPOCHS, thousands, usual_epochs
from colearn.engine.contract.job.job import TrainJob, default_of
from colearn.engine.contract.job.method import LossWeights
from qgis.core import (
    QgsApplication,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingParameterDefinition,
)

ROOT = Path(__file__).resolve().parents[3]
ADVANCED = QgsProcessingParameterDefinition.Flag.FlagAdvanced
OPTIONAL = QgsProcessingParameterDefinition.Flag.FlagOptional
SENSOR_PARTS = ("", "_NAME", "_LAYOUT", "_BANDS", "_DATES", "_NODATA", "_MASK", "_MASK_RASTERS")
LAYOUTS = ["auto", "scenes", "bands", "dates", "stack"]
DEVICES = ["auto", "cpu", "cuda"]
PRECISIONS = ["auto", "fp32", "int8"]
QUALITIES = ["auto", "best", "fast"]

WEIGHTS = {
    "WEIGHT_MAIN": "main",
    "WEIGHT_AUXILIARY": "auxiliary",
    "WEIGHT_MODALITY": "modality",
    "WEIGHT_CONTRASTIVE": "contrastive",
    "TEMPERATURE": "temperature",
    "WEIGHT_DISTILLATION": "distillation",
    "WEIGHT_LABEL_CONTRAST": "label_contrast",
}
METHODS = ["auto", "mdico", "distillation", "mdico_distillation", "sensor_dropout", "alone"]

PARAMETERS = {
    "train": {f"SENSOR_{letter}{part}" for letter in "ABCDEF" for part in SENSOR_PARTS}
    | {"LABEL_BAND", "LABEL_NODATA"}
    | {"LABELS", "LABEL_RASTER", "LABEL_FIELD", "TASK", "GROUP_FIELD", "CONTEXT_M", "CLASS_WEIGHT", "METHOD"}
    | {"EPOCHS", "BATCH_SIZE", "LEARNING_RATE", "MAX_SAMPLES", "SEED", "DEVICE"}
    | {"EFFORT", "TIME_BUDGET_MIN", "USE_ALL_LABELS"}
    | {"OPTIMIZE", "SPLIT_BY", "SPLIT_BUFFER_M", "FOLDS", "REPEATS", "UNLABELLED_SAMPLES", "UNLABELLED_USE"}
    | {"SERIES_ENCODER", "IMAGE_ENCODER", "SPECTRAL", "TARGET_UNITS", "MORE_SENSORS", "CLASS_COLORS", "SPLIT_ONLY"}
    | set(WEIGHTS)
    | {"OUTPUT_MODEL", "OUTPUT_REPORT", "OUTPUT_SAMPLES", "OUTPUT_JOB"},
    "predict": {"MODEL", "INPUT", "INPUT_LAYOUT", "INPUT_BANDS", "SENSOR", "EXTENT", "MASK", "DEVICE", "ANY_RESOLUTION"}
    | {"CONFIDENCE", "MINIMUM_CONFIDENCE", "PROBABILITY_TYPE", "VALUE_TYPE", "OVERVIEWS", "STATISTICS", "COG"}
    | {"PRECISION", "QUALITY", "KEEP_PARTS", "LEAST_POLYGON_M2", "NODATA", "INPUT_MASK", "INPUT_MASK_RASTERS"}
    | {"OUTPUT", "OUTPUT_PROBABILITIES", "OUTPUT_CONFIDENCE", "OUTPUT_POLYGONS", "OUTPUT_JOB"},
    "evaluate": {"MODEL", "INPUT", "INPUT_LAYOUT", "SENSOR", "LABELS", "LABEL_RASTER", "LABEL_FIELD", "GROUP_FIELD"}
    | {"LABEL_BAND", "LABEL_NODATA", "MAP_BAND"}
    | {"MAP", "MAX_SAMPLES", "SEED", "DEVICE", "PRECISION", "QUALITY", "NODATA", "OUTPUT_REPORT", "OUTPUT_JOB"}
    | {"INPUT_BANDS", "INPUT_MASK", "INPUT_MASK_RASTERS"},
}
REQUIRED = {
    "train": {"SENSOR_A", "OUTPUT_MODEL"},
    "predict": {"MODEL", "INPUT", "OUTPUT"},
    "evaluate": {"MODEL", "INPUT"},
}
CHOICES = {
    "train": {
        **{f"SENSOR_{letter}_LAYOUT": (LAYOUTS, "auto") for letter in "ABCDEF"},
        "TASK": (["auto", "classification", "multilabel", "regression"], "auto"),
        "METHOD": (METHODS, default_of(TrainJob, "method").value),
        "EFFORT": (["quick", "standard", "thorough"], "standard"),
        "OPTIMIZE": (["balanced_accuracy", "accuracy"], "balanced_accuracy"),
        "CLASS_WEIGHT": (["auto", "balanced", "square_root", "none"], "auto"),
        "SERIES_ENCODER": (["tempcnn", "ltae", "transformer"], "tempcnn"),
        "IMAGE_ENCODER": (["dilated", "residual"], "dilated"),
        "SPECTRAL": (["learned", "pca"], "learned"),
        "UNLABELLED_USE": (["before", "beside"], "beside"),
        "SPLIT_BY": (["auto", "feature", "block", "random"], "auto"),
        "DEVICE": (DEVICES, "auto"),
    },
    "predict": {
        "INPUT_LAYOUT": (LAYOUTS, "auto"),
        "DEVICE": (DEVICES, "auto"),
        "CONFIDENCE": (["maximum", "margin", "entropy"], "maximum"),
        "PROBABILITY_TYPE": (["float32", "uint8"], "float32"),
        "VALUE_TYPE": (["float32", "int16"], "float32"),
        "PRECISION": (PRECISIONS, "auto"),
        "QUALITY": (QUALITIES, "auto"),
    },
    "evaluate": {
        "INPUT_LAYOUT": (LAYOUTS, "auto"),
        "DEVICE": (DEVICES, "auto"),
        "PRECISION": (PRECISIONS, "auto"),
        "QUALITY": (QUALITIES, "auto"),
    },
}
NUMBERS = {
    "train": {
        f"SCORE_{letter}{kind}" for letter in "ABCDEF" for kind in ("", "_ALONE", "_FOREST", "_NETWORK", "_SHIPPED")
    }
    | {f"GAIN_{letter}{kind}" for letter in "ABCDEF" for kind in ("", "_OVER_NETWORK")}
    | {"SCORE_FUSED", "TEST_SAMPLES"},
    "predict": set(),
    "evaluate": {"ACCURACY", "BALANCED_ACCURACY", "MACRO_F1", "KAPPA", "R2", "RMSE", "MAE", "BIAS", "SCATTER", "N"}
    | {"AVERAGE_PRECISION", "LABEL_ACCURACY", "AREA_ACCURACY", "AREA_ACCURACY_LOW", "AREA_ACCURACY_HIGH"},
}


@pytest.mark.parametrize("name", ["train", "predict", "evaluate"])
def test_parameters_are_those_of_the_public_interface(algorithm, name):
    found = {definition.name() for definition in algorithm(name).parameterDefinitions()}
    assert found == PARAMETERS[name]


@pytest.mark.parametrize("name", ["train", "predict", "evaluate"])
def test_only_these_parameters_are_required(algorithm, name):
    definitions = algorithm(name).parameterDefinitions()
    without_default = {
        each.name() for each in definitions if not each.flags() & OPTIONAL and each.defaultValue() is None
    }
    assert without_default == REQUIRED[name]


@pytest.mark.parametrize("name", ["train", "predict", "evaluate"])
def test_choices_are_static_lower_case_strings(algorithm, name):
    definitions = [each for each in algorithm(name).parameterDefinitions() if each.type() == "enum"]
    assert all(each.usesStaticStrings() for each in definitions)
    assert {each.name(): (each.options(), each.defaultValue()) for each in definitions} == CHOICES[name]


@pytest.mark.parametrize("name", ["train", "predict", "evaluate"])
def test_every_parameter_has_a_description_and_a_help(algorithm, name):
    for definition in algorithm(name).parameterDefinitions():
        assert definition.description(), definition.name()
        assert definition.help(), definition.name()


@pytest.mark.parametrize("name", ["train", "predict", "evaluate"])
def test_numbers_are_declared_outputs(algorithm, name):
    outputs = algorithm(name).outputDefinitions()
    assert {each.name() for each in outputs if each.type() == "outputNumber"} == NUMBERS[name]


@pytest.mark.parametrize("name", ["train", "predict", "evaluate"])
def test_algorithms_are_presentable(algorithm, name):
    chosen = algorithm(name)
    assert chosen.id() == f"colearn:{name}"
    assert chosen.displayName() and chosen.shortHelpString() and chosen.shortDescription()
    assert not chosen.icon().isNull()
    assert "file:" in chosen.helpUrl()
    assert all(chosen.tags())


def test_defaults_of_numbers_are_those_of_the_job(algorithm):
    train = algorithm("train")
    for name in ("EPOCHS", "BATCH_SIZE", "LEARNING_RATE", "MAX_SAMPLES", "SEED", "CONTEXT_M"):
        assert train.parameterDefinition(name).defaultValue() == getattr(TrainJob, name.lower())
    for name in ("FOLDS", "REPEATS", "UNLABELLED_SAMPLES"):
        assert train.parameterDefinition(name).defaultValue() == getattr(TrainJob, name.lower())
    for name, field in WEIGHTS.items():
        assert train.parameterDefinition(name).defaultValue() == getattr(LossWeights, field)


def test_the_help_of_epochs_follows_the_numbers_of_the_job(algorithm):
    words = algorithm("train").parameterDefinition("EPOCHS").help()
    for number in (MOST_EPOCHS, FEWEST_EPOCHS, thousands(FEW_TRAINING_SAMPLES)):
        assert str(number) in words
    assert usual_epochs(FEW_TRAINING_SAMPLES) == MOST_EPOCHS > usual_epochs(2 * FEW_TRAINING_SAMPLES)


def test_what_most_people_need_is_in_sight_and_the_rest_advanced(algorithm):
    train = algorithm("train")
    in_sight = [each.name() for each in train.parameterDefinitions() if not each.flags() & ADVANCED]
    assert [name for name in in_sight if not name.startswith("SENSOR")] == [
        *("LABELS", "LABEL_FIELD", "LABEL_RASTER", "TASK"),
        *("EPOCHS", "MAX_SAMPLES", "CONTEXT_M", "METHOD", "EFFORT", "OPTIMIZE"),
        *("OUTPUT_MODEL", "OUTPUT_REPORT", "OUTPUT_SAMPLES"),
    ]


def test_what_belongs_to_a_sensor_stands_with_it_and_three_sensors_are_in_sight(algorithm):
    train = algorithm("train")
    in_sight = [
        each.name()
        for each in train.parameterDefinitions()
        if each.name().startswith("SENSOR") and not each.flags() & ADVANCED
    ]
    assert in_sight == [
        f"SENSOR_{letter}{part}" for letter in "ABC" for part in ("", "_NAME", "_LAYOUT", "_BANDS", "_DATES")
    ]
    declared = [each.name() for each in train.parameterDefinitions() if each.name().startswith("SENSOR")]
    assert declared == [f"SENSOR_{letter}{part}" for letter in "ABCDEF" for part in SENSOR_PARTS]


@pytest.mark.parametrize("name", ["train", "predict", "evaluate"])
def test_whatever_has_a_default_is_optional(algorithm, name):
    """The Model Designer, and whoever writes a model by hand, must give only what has none."""
    chosen = algorithm(name)
    model = QgsProcessingModelAlgorithm("uses CoLearn", "tests")
    child = QgsProcessingModelChildAlgorithm(f"colearn:{name}")
    child.setChildId("child")
    model.addChildAlgorithm(child)
    _valid, complaints = model.validateChildAlgorithm("child")
    mandatory = {each.name() for each in chosen.parameterDefinitions() if f"<i>{each.name()}</i>" in str(complaints)}
    assert mandatory == {each for each in REQUIRED[name] if not each.startswith("OUTPUT")}


@pytest.mark.parametrize("name", ["train", "predict", "evaluate"])
def test_the_help_of_a_choice_has_the_label_and_the_code_of_each(algorithm, name):
    """A form shows labels, a script has codes: whoever reads the help of either must find the other."""
    for definition in algorithm(name).parameterDefinitions():
        if definition.type() == "enum":
            labels = definition.metadata()["widget_wrapper"]["labels"]
            for code, label in zip(definition.options(), labels, strict=True):
                assert f"• {label} ({code}): " in definition.help()


def test_the_toolbox_shows_the_algorithms_in_the_order_of_work(provider):
    assert [each.name() for each in sorted(provider.algorithms(), key=lambda each: each.displayName())] == [
        *("train", "predict", "evaluate", "editclasses", "exportsensor", "inspectmodel")
    ]


@pytest.mark.parametrize(
    "word",
    [
        *("land cover", "classification", "supervised", "random forest", "time series", "segmentation"),
        *("hyperspectral", "lidar", "crop", "forest", "flood"),
    ],
)
def test_algorithms_are_found_by_the_words_people_search(algorithm, word):
    for name in ("train", "predict"):
        assert any(word in tag for tag in algorithm(name).tags())


def test_job_file_is_written_only_when_asked_for(algorithm):
    for name in ("train", "predict", "evaluate"):
        definition = algorithm(name).parameterDefinition("OUTPUT_JOB")
        assert not definition.createByDefault()


def test_only_the_map_is_made_unless_more_is_asked_for(algorithm):
    predict = algorithm("predict")  # kept: definitions die with their algorithm
    by_default = {each.name() for each in predict.destinationParameterDefinitions() if each.createByDefault()}
    assert by_default == {"OUTPUT"}


def test_provider_lists_the_algorithms_and_writes_geotiff_and_geopackage(provider):
    names = ("train", "predict", "evaluate", "inspectmodel", "editclasses", "exportsensor")
    assert {each.id() for each in provider.algorithms()} == {f"colearn:{name}" for name in names}
    assert provider.defaultRasterFileExtension() == "tif"
    assert provider.defaultVectorFileExtension(True) == "gpkg"
    assert provider.supportedOutputVectorLayerExtensions() == ["gpkg", "geojson"]
    assert QgsApplication.processingRegistry().providerById("colearn") is not None


@pytest.mark.parametrize("name", ["train", "predict", "evaluate"])
def test_the_help_page_has_the_label_and_the_code_of_every_choice(algorithm, name):
    page = " ".join(_plain(ROOT / "resources" / "help" / f"{name}.html").split())
    for definition in algorithm(name).parameterDefinitions():
        if definition.type() == "enum":
            for code, label in zip(
                definition.options(), definition.metadata()["widget_wrapper"]["labels"], strict=True
            ):
                assert code in page and label in page, (definition.name(), code, label)


@pytest.mark.parametrize("name", ["train", "predict", "evaluate"])
def test_the_help_page_mentions_existing_parameters_only(algorithm, name):
    known = {
        each.name() for kind in ("train", "predict", "evaluate") for each in algorithm(kind).parameterDefinitions()
    }
    known |= {each.name() for kind in ("train", "evaluate") for each in algorithm(kind).outputDefinitions()}
    known |= {re.sub("_A(?=_|$)", "_X", part) for part in known} | {"WEIGHT_", "QA_PIXEL", "COLEARN_CACHE"}
    words = set(re.findall(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+", _plain(ROOT / "resources" / "help" / f"{name}.html")))
    assert words <= known


def _plain(path):
    return html.unescape(re.sub("<[^>]+>", "", path.read_text(encoding="utf-8")))


def test_pages_link_to_pages_that_there_are():
    for page in (ROOT / "resources" / "help").glob("*.html"):
        for target in re.findall(r'href="([^"]+)"', page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), (page.name, target)
