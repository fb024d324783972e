"""A graph is looked through before ONNX Runtime sees it: operators, sizes, what it takes and gives."""

import random
from dataclasses import replace

import numpy as np
import onnx
import pytest
from colearn.engine.contract.job.map_choices import Precision
from colearn.engine.contract.wire.errors import ErrorCode, ModelError
from colearn.engine.inference.torch_operations import OPERATIONS
from colearn.engine.model_file.archive import ModelFile
from colearn.engine.model_file.graph_check import require_plain_graph
from colearn.engine.model_file.graph_wire import WireError, _Reader, read_graph
from colearn.engine.model_file.operators import STANDARD
from onnx import TensorProto, helper, numpy_helper

from tests.plugin.manifests import a_manifest

MANIFEST = a_manifest()  # two classes, images of one band
SENSOR = MANIFEST.sensors[0]


def value(name, kind=TensorProto.FLOAT, shape=("batch", 1, "row", "col")):
    return helper.make_tensor_value_info(name, kind, shape)


def constant(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def graph_of(nodes=(), constants=(), inputs=None, outputs=None, domains=(("", 17),)):
    """A graph that the manifest fits, but for what a test changes; more nodes come before its own."""
    own = [
        helper.make_node("Concat", ["input", "input"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["probabilities"], ["wide"], axis=1, keepdims=0),
        helper.make_node("Cast", ["wide"], ["label"], to=TensorProto.UINT8),
    ]
    graph = helper.make_graph(
        [*nodes, *own],
        "graph",
        [value("input")] if inputs is None else inputs,
        [
            value("probabilities", shape=("batch", 2, "row", "col")),
            value("label", TensorProto.UINT8, ("batch", "r", "c")),
        ]
        if outputs is None
        else outputs,
        list(constants),
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid(*domain) for domain in domains], ir_version=8)


def check(model, manifest=MANIFEST, sensor=SENSOR):
    content = model if isinstance(model, bytes) else model.SerializeToString()
    require_plain_graph(content, manifest, sensor, "model.colearn")


def branch():
    """A graph inside a graph."""
    return helper.make_graph([helper.make_node("Identity", ["input"], ["x"])], "b", [], [value("x")])


def external():
    kept = constant("k", np.zeros(4, np.float32))
    kept.ClearField("raw_data")
    kept.data_location = TensorProto.EXTERNAL
    kept.external_data.add(key="location", value="/etc/passwd")
    return kept


def short():
    kept = constant("k", np.zeros(4, np.float32))
    kept.dims[0] = 2**40
    return kept


def with_function():
    model = graph_of()
    model.functions.append(
        helper.make_function(
            "x", "f", ["a"], ["b"], [helper.make_node("Relu", ["a"], ["b"])], [helper.make_opsetid("", 17)]
        )
    )
    return model


def sized(operator, size, **attributes):
    """An operation whose result is as large as a constant says."""
    inputs = {"ConstantOfShape": ["k"], "Range": ["k", "k", "k"], "Resize": ["input", "", "", "k"]}
    node = helper.make_node(operator, inputs.get(operator, ["input", "k"]), ["made"], **attributes)
    return graph_of([node], [constant("k", np.asarray(size, np.int64))])


HUGE = {
    "Expand": lambda: sized("Expand", [10**6, 10**6]),
    "ConstantOfShape": lambda: sized("ConstantOfShape", [2**20, 2**20]),
    "Tile": lambda: sized("Tile", [1, 1, 100_000, 100_000]),
    "Resize": lambda: sized("Resize", [1, 1, 10**5, 10**5]),
    "Pad": lambda: sized("Pad", [0, 0, 0, 0, 0, 0, 10**5, 10**5]),
    "Range": lambda: sized("Range", 10**12),
    "a constant node": lambda: graph_of(
        [
            helper.make_node("Constant", [], ["k"], value=constant("v", np.array([10**6, 10**6]))),
            helper.make_node("Expand", ["input", "k"], ["made"]),
        ]
    ),
}
HOSTILE = {
    "Loop": lambda: graph_of([helper.make_node("Loop", ["input"], ["x"], body=branch())]),
    "If": lambda: graph_of([helper.make_node("If", ["input"], ["x"], then_branch=branch(), else_branch=branch())]),
    "Scan": lambda: graph_of([helper.make_node("Scan", ["input"], ["x"], body=branch(), num_scan_inputs=1)]),
    "a graph in an attribute": lambda: graph_of([helper.make_node("Relu", ["input"], ["x"], body=branch())]),
    "RandomNormal": lambda: graph_of([helper.make_node("RandomNormal", [], ["x"], shape=[2])]),
    "a text": lambda: graph_of([helper.make_node("StringNormalizer", ["input"], ["x"])]),
    "a sequence": lambda: graph_of([helper.make_node("SequenceConstruct", ["input"], ["x"])]),
    "another maker's": lambda: graph_of([helper.make_node("FusedConv", ["input"], ["x"], domain="com.microsoft")]),
    "an unknown domain": lambda: graph_of([helper.make_node("Add", ["input"], ["x"], domain="evil")]),
    "functions": with_function,
    "another file": lambda: graph_of(constants=[external()]),
    "a constant of another size": lambda: graph_of(constants=[short()]),
    "an input more": lambda: graph_of(inputs=[value("input"), value("more")]),
    "no input": lambda: graph_of(inputs=[]),
    "an input of texts": lambda: graph_of(inputs=[value("input", TensorProto.STRING)]),
    "an input of other bands": lambda: graph_of(inputs=[value("input", shape=("b", 7, "r", "c"))]),
    "an input of other axes": lambda: graph_of(inputs=[value("input", shape=(1, 1, 3))]),
    "no outputs": lambda: graph_of(outputs=[]),
    "an output less": lambda: graph_of(outputs=[value("probabilities", shape=("b", 2, "r", "c"))]),
    "an output of another name": lambda: graph_of(
        outputs=[value("values", shape=("b", 2, "r", "c")), value("label", TensorProto.UINT8, ("b", "r", "c"))]
    ),
    "other classes": lambda: graph_of(
        outputs=[value("probabilities", shape=("b", 9, "r", "c")), value("label", TensorProto.UINT8, ("b", "r", "c"))]
    ),
    "labels of another type": lambda: graph_of(
        outputs=[value("probabilities", shape=("b", 2, "r", "c")), value("label", TensorProto.INT64, ("b", "r", "c"))]
    ),
    "ORT's format": lambda: b"\x20\x00\x00\x00ORTM" + bytes(200),
    "nothing": lambda: b"",
    "a text file": lambda: b"hello" * 100,
    **HUGE,
}


def test_a_graph_as_it_should_be_passes():
    check(graph_of())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_graph_is_refused(name):
    with pytest.raises(ModelError) as caught:
        check(HOSTILE[name]())
    assert caught.value.code is ErrorCode.MODEL_DAMAGED
    assert caught.value.found.startswith("a graph for optical with ")


def test_every_operator_of_todays_networks_is_known():
    assert {name for name in OPERATIONS if not name.startswith("Tree")} <= STANDARD


@pytest.mark.parametrize("model", ["small_model", "small_series_model"])
def test_graphs_of_trainings_pass_and_fit_no_other_manifest(model, request):
    opened = ModelFile.open(request.getfixturevalue(model))
    for sensor in opened.manifest.sensors:
        precisions = [Precision.FP32, *([Precision.INT8] if sensor.quantized else [])]
        for graph in (opened.graph(sensor.name, precision) for precision in precisions):
            check(graph, opened.manifest, sensor)
            with pytest.raises(ModelError, match="inputs"):
                check(graph, opened.manifest, replace(sensor, bands=sensor.bands[:-1]))
            more = opened.manifest.classes or opened.manifest.targets
            field = "classes" if opened.manifest.classes else "targets"
            with pytest.raises(ModelError, match="outputs"):
                check(graph, replace(opened.manifest, **{field: more + more}), sensor)


def test_facts_are_those_that_onnx_reads(small_model):
    opened = ModelFile.open(small_model)
    for sensor in opened.manifest.sensors:
        content = opened.graph(sensor.name)
        facts, known = read_graph(content), onnx.load_from_string(content).graph
        assert [node.operator for node in facts.nodes] == [node.op_type for node in known.node]
        assert [node.inputs for node in facts.nodes] == [tuple(node.input) for node in known.node]
        assert [each.name for each in facts.constants] == [each.name for each in known.initializer]
        assert [each.shape for each in facts.constants] == [tuple(each.dims) for each in known.initializer]
        whole = [each for each in known.initializer if each.data_type == TensorProto.INT64 and np.prod(each.dims) < 9]
        read = {each.name: each.values for each in facts.constants}
        assert [read[each.name] for each in whole] == [tuple(numpy_helper.to_array(each).ravel()) for each in whole]


def test_changed_bytes_are_refused_or_read(small_model):
    """A slice of `make fuzz`: a WireError, or facts; never anything else."""
    opened = ModelFile.open(small_model)
    whole, chance = opened.graph(opened.manifest.sensors[0].name), random.Random(0)
    for _ in range(300):
        changed = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            changed[chance.randrange(min(len(changed), 5000))] = chance.randrange(256)
        try:
            read_graph(bytes(changed))
        except WireError:
            continue


class Gives:
    """A session whose graph gives what it likes."""

    def __init__(self, label, scores) -> None:
        from colearn.engine.inference.session import CPU_CAPACITY, GraphOutput

        self.capacity, self.output = CPU_CAPACITY, GraphOutput(label, scores)

    def run(self, _values, scores=True):
        return self.output


@pytest.mark.parametrize(
    ("label", "side", "words"),
    [(1, 20, ""), (255, 20, ""), (9, 20, "the class 9"), (0, 20, "the class 0"), (1, 7, "pixels"), (1, 34, "pixels")],
)
def test_what_a_graph_gives_is_looked_at(label, side, words):
    """20 × 20 pixels, a halo of 7: classes of the manifest (1 and 7, nodata 255), one for each pixel."""
    from colearn.engine.mapping.block_map import LEAST_PX, map_block

    scores = np.zeros((1, 2, side, side), np.float32)
    session = Gives(np.full((1, side, side), label, np.uint8), scores)
    assert side * side > 0 < LEAST_PX
    arguments = session, SENSOR, MANIFEST, np.zeros((1, 34, 34), np.float32)
    if not words:
        assert map_block(*arguments).main.shape == (1, 20, 20)
        return
    with pytest.raises(ModelError, match=words) as caught:
        map_block(*arguments)
    assert caught.value.code is ErrorCode.MODEL_DAMAGED


class TestTreesOfManyNodes:
    """Numbers of an attribute are passed over many at a time; what stands behind them is not."""

    NUMBERS = b"\x40\x05" * 500 + b"\x3d\x00\x00\x80\x3f" * 500 + b"\x4a\x04LEAF" * 500

    def test_they_are_no_parts_of_a_graph(self):
        name, integers, tensors, graph = _Reader().attribute(memoryview(b"\x0a\x02at" + self.NUMBERS))
        assert (name, tensors, graph) == ("at", [], False)
        assert integers[:64] == (5,) * 64

    def test_a_graph_behind_them_is_found(self):
        assert _Reader().attribute(memoryview(self.NUMBERS + b"\x32\x00"))[3]

    def test_numbers_that_end_too_early_are_refused(self):
        with pytest.raises(WireError):
            _Reader().attribute(memoryview(self.NUMBERS + b"\x40\x80"))
