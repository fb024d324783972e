"""Trees as arrays and as a graph: they say what scikit-learn says, to the bit wherever they are computed."""

import io
import warnings

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from colearn.engine.trees.tree_ensemble import ML_DOMAIN, ML_OPSET, TreeEnsemble
from colearn.engine.trees.tree_nodes import at_most, nodes_of
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

SMALL = {"n_estimators": 25, "min_samples_leaf": 2, "random_state": 0}


def rows(count: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    table = random.normal(0, 2, (count, 6)).astype(np.float32)
    signal = table[:, :3] + random.normal(0, 1, (count, 3))
    return table, signal


def run(nodes: object, table: np.ndarray, threads: int = 1) -> np.ndarray:
    """What ONNX Runtime makes of the trees, of rows side by side in one line of pixels."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            TreeEnsemble(nodes),
            (torch.zeros(1, table.shape[1], 1, 2),),
            file,
            dynamo=False,
            opset_version=17,
            input_names=["input"],
            output_names=["found"],
            dynamic_axes={"input": {3: "pixel"}, "found": {3: "pixel"}},
            custom_opsets={ML_DOMAIN: ML_OPSET},
        )
    onnx.checker.check_model(onnx.load_from_string(file.getvalue()), full_check=True)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(file.getvalue(), options)
    return session.run(None, {"input": np.ascontiguousarray(table.T)[np.newaxis, :, np.newaxis]})[0][0, :, 0].T


TABLE, SIGNAL = rows()
CLASSES = SIGNAL.argmax(axis=1)
LABELS = (SIGNAL > 0).astype(int)
SHARES = np.exp(SIGNAL) / np.exp(SIGNAL).sum(axis=1, keepdims=True)


def labels_of(model: object, table: np.ndarray) -> np.ndarray:
    return np.stack([each[:, 1] for each in model.predict_proba(table)], axis=1)


MODELS = {
    "forest of classes": (RandomForestClassifier(**SMALL), CLASSES, lambda model, table: model.predict_proba(table)),
    "extra trees of classes": (ExtraTreesClassifier(**SMALL), CLASSES, lambda model, table: model.predict_proba(table)),
    "weighted classes": (
        RandomForestClassifier(**SMALL, class_weight="balanced"),
        CLASSES,
        lambda model, table: model.predict_proba(table),
    ),
    "labels": (RandomForestClassifier(**SMALL), LABELS, labels_of),
    "soft targets": (ExtraTreesRegressor(**SMALL), SHARES, lambda model, table: model.predict(table)),
    "values": (RandomForestRegressor(**SMALL), 1000 * SIGNAL, lambda model, table: model.predict(table)),
    "one value": (
        RandomForestRegressor(**SMALL),
        SIGNAL[:, 0] - 1e5,
        lambda model, table: model.predict(table)[:, np.newaxis],
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_arrays_and_graph_predict_as_scikit_learn(name: str) -> None:
    model, target, predicted = MODELS[name]
    model.fit(TABLE, target)
    fresh = rows(seed=1)[0]
    expected = predicted(model, fresh)
    nodes = nodes_of(model.estimators_, expected.shape[1])
    found = nodes.predict(fresh)
    reach = max(np.abs(expected - expected.mean(axis=0)).max(), 1e-9)
    limit = 1e-5 * reach + 2e-7 * np.abs(expected).max()  # what leaves are rounded to, and float32
    assert np.abs(found - expected).max() <= limit
    np.testing.assert_array_equal(run(nodes, fresh), found)  # no bit differs


def test_values_on_a_threshold_go_where_scikit_learn_sends_them() -> None:
    """Every threshold, its float32 neighbours and the values it lies between are asked."""
    model = RandomForestClassifier(**SMALL).fit(TABLE, CLASSES)
    trees = [each.tree_ for each in model.estimators_]
    asked = np.concatenate([tree.threshold[tree.feature == 0] for tree in trees])
    near = asked.astype(np.float32)
    edges = np.concatenate([near, np.nextafter(near, np.float32(np.inf)), np.nextafter(near, np.float32(-np.inf))])
    table = np.repeat(TABLE[:1], len(edges), axis=0)
    table[:, 0] = edges
    nodes = nodes_of(model.estimators_, 3)
    ends = np.stack([each.apply(table) for each in trees], axis=1) + nodes.roots
    np.testing.assert_array_equal(nodes.ends(table), ends)
    np.testing.assert_array_equal(nodes.ends(np.asfortranarray(table)[::2]), ends[::2])
    assert nodes.ends(table[:0]).shape == (0, len(trees))


def test_the_largest_float32_not_above_a_threshold() -> None:
    one = np.float32(1)
    above, below = np.nextafter(one, np.float32(2)), np.nextafter(one, np.float32(0))
    middle = (np.float64(one) + np.float64(above)) / 2
    assert at_most(np.array([1.0, middle, np.nextafter(1.0, 0)])).tolist() == [one, one, below]


def test_sums_are_whole_numbers_that_float32_holds() -> None:
    model = RandomForestRegressor(n_estimators=65, random_state=0).fit(TABLE, 7e8 * SIGNAL)
    nodes = nodes_of(model.estimators_, 3)
    assert np.array_equal(nodes.weight, np.round(nodes.weight))
    assert np.abs(nodes.weight).max() * 65 < 2**24


@pytest.mark.parametrize("count", [1, 2, 60, 127, 128, 129, 400])
def test_neither_threads_nor_how_many_rows_there_are_change_a_bit(count: int) -> None:
    model = RandomForestRegressor(n_estimators=90, random_state=0).fit(TABLE, SIGNAL)
    nodes = nodes_of(model.estimators_, 3)
    whole = nodes.predict(TABLE)
    for threads in (1, 2):
        np.testing.assert_array_equal(run(nodes, TABLE[:count], threads), whole[:count])


def test_classes_that_the_trees_do_not_know_get_nothing() -> None:
    model = RandomForestClassifier(**SMALL).fit(TABLE, CLASSES)
    nodes = nodes_of(model.estimators_, 5, columns=np.array([0, 2, 4]))
    found = nodes.predict(TABLE)
    assert not found[:, [1, 3]].any()
    np.testing.assert_allclose(found[:, [0, 2, 4]], model.predict_proba(TABLE), atol=1e-5)


def test_trees_of_a_single_leaf() -> None:
    model = RandomForestRegressor(**SMALL).fit(TABLE, np.full(len(TABLE), 42.0))
    nodes = nodes_of(model.estimators_, 1)
    assert (nodes.predict(TABLE) == 42).all()
    assert (run(nodes, TABLE) == 42).all()


def test_shares_too_small_to_count_are_left_out_and_the_rest_is_whole() -> None:
    """Leaves of soft targets hold a little of every class: 0.990, 0.007 and 0.003 become 0.990 / 0.997 and so on."""
    table = np.array([[0.0], [1.0]], np.float32)
    target = np.array([[0.99, 0.007, 0.003], [0.4, 0.3, 0.3]])
    model = ExtraTreesRegressor(n_estimators=4, random_state=0).fit(table, target)
    whole, sparse = (nodes_of(model.estimators_, 3, least_share=least) for least in (0.0, 0.005))
    np.testing.assert_allclose(whole.predict(table), target, atol=1e-5)
    expected = [[0.99 / 0.997, 0.007 / 0.997, 0.0], [0.4, 0.3, 0.3]]
    np.testing.assert_allclose(sparse.predict(table), expected, atol=1e-5)
    assert (sparse.weight > 0).sum() < (whole.weight > 0).sum()


def test_values_and_labels_keep_the_smallest_of_their_answers() -> None:
    table = np.array([[0.0], [1.0]], np.float32)
    for target in (np.array([[0.001, 0.5], [0.9, 0.8]]), np.array([[0.001], [1.0]])):
        model = ExtraTreesRegressor(n_estimators=4, random_state=0).fit(
            table, target if target.shape[1] > 1 else target[:, 0]
        )
        np.testing.assert_allclose(
            nodes_of(model.estimators_, target.shape[1], least_share=0.005).predict(table), target, atol=1e-5
        )
