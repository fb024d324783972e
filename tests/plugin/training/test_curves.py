"""The curves of the run page: an axis that fits them, a legend that tells kinds of trainings."""

import math

import pytest
from colearn.engine.contract import Epoch
from colearn.plugin.training.form.progress.axis import LOSSES, SCORES, mark_texts, marks
from colearn.plugin.training.form.progress.curves import Curves
from colearn.plugin.training.pages.curve_view import CurveView, curve_words, stage_words
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("values", "bounds", "expected"),
    [
        # 0.30 wide, a quarter is 0.075: steps of 0.1
        ((0.4, 0.55, 0.7), SCORES, (0.4, 0.5, 0.6, 0.7)),
        # 0.62 wide, a quarter is 0.155: steps of 0.2, from below 0.88 to above 1.5
        ((1.5, 0.88), LOSSES, (0.8, 1.0, 1.2, 1.4, 1.6)),
        # all alike: 5 % of 0.5 is 0.025, a quarter 0.00625: steps of 0.01, and one of them
        ((0.5, 0.5), SCORES, (0.5, 0.51)),
        ((1.0,), SCORES, (0.98, 1.0)),  # nothing is better than 1
        ((-3.0, 0.5), SCORES, (0.0, 0.2, 0.4, 0.6)),  # an R² below 0 lies on the border
        ((math.nan, math.inf), LOSSES, (0.0, 0.25, 0.5, 0.75, 1.0)),
        ((), SCORES, (0.0, 0.25, 0.5, 0.75, 1.0)),
        ((0.0, 0.0), LOSSES, (0.0, 1.0)),
    ],
)
def test_an_axis_fits_what_is_drawn(values, bounds, expected):
    assert marks(values, bounds) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ticks", "factor", "expected"),
    [
        ((0.8, 1.0, 1.2), 1, ("0.8", "1.0", "1.2")),
        ((0.0, 0.25, 0.5), 1, ("0.00", "0.25", "0.50")),
        ((0.0, 0.5, 1.0), 100, ("0", "50", "100")),
        ((0.5, 0.505, 0.51), 100, ("50.0", "50.5", "51.0")),  # steps below 1 %
        ((0.0, 2000.0), 1, ("0", "2\u202f000")),
        ((0.0, 2e-6), 1, ("0.000000", "0.000002")),
    ],
)
def test_the_labels_of_an_axis_have_as_many_decimals_as_its_steps(ticks, factor, expected):
    assert mark_texts(ticks, factor) == expected


@given(st.lists(st.floats(0.0, 1.0), min_size=1))
def test_every_score_is_on_the_axis_and_its_marks_can_be_read(values):
    axis = marks(values, SCORES)
    assert axis[0] <= min(values) + 1e-9
    assert axis[-1] >= max(values) - 1e-9
    assert 0.0 <= axis[0] < axis[-1] <= 1.0
    assert 2 <= len(axis) <= 6  # four steps cover what is drawn; rounding both ends adds one


def curves_of(*trainings):
    curves = Curves()
    for training in trainings:
        curves = curves.having(Epoch(training, 1, 5, 1.0, 1.25, 0.5))
    return curves


def test_networks_that_differ_in_their_seed_are_one_entry_of_the_legend():
    curves = curves_of("alone: a", "alone: b", "alone 2: a", "all sensors", "alone 3: a", "fast copy: a")
    words = [curve_words(each[-1], len(each)) for each in curves.alike()]
    assert words == ["a, alone (3 networks)", "b, alone", "all sensors fused", "a, fast copy"]


def test_colours_and_legend_follow_the_order_of_the_sensors():
    views = [CurveView(), CurveView()]
    for view, trainings in zip(views, (("alone: b", "mdico", "alone: a"), ("alone: a", "alone: b", "mdico"))):
        view.order_sensors(["a", "b"])
        view.show_curves(curves_of(*trainings), in_percent=True)
    first, second = ([(label, pen.color().name()) for pen, label in view._entries()] for view in views)
    assert first == second
    assert [label for label, _color in first] == ["a, alone", "b, alone", "MDiCo, all sensors"]


def test_a_fast_copy_does_not_look_like_what_it_copies():
    view = CurveView()
    curves = curves_of("distillation: a", "fast copy: a")
    view.show_curves(curves, in_percent=True)
    copied, copy = (view._pen(curve) for curve in curves.trainings)
    assert copied.color() == copy.color()
    assert copied.style() != copy.style()


def test_the_forests_lines_are_on_the_axis_too():
    view = CurveView()
    view.show_curves(curves_of("mdico"), in_percent=True)  # a score of 0.5
    view.show_references({"a": 0.81})
    # 0.31 wide, a quarter is 0.0775: steps of 0.1, to above 0.81
    assert view.axis(is_loss=False) == pytest.approx((0.5, 0.6, 0.7, 0.8, 0.9))


def test_without_an_epoch_there_are_words_and_no_axes():
    """A frame of an axis is a line of one colour across most of the view; words are not."""
    view = CurveView()
    view.resize(640, 240)

    def longest_line():
        image = view.grab().toImage()
        background = image.pixel(1, 1)
        return max(sum(image.pixel(x, y) != background for x in range(640)) for y in range(240))

    assert 0 < longest_line() < 400
    view.show_references({"a": 0.5})  # all that the effort “quick” has
    assert 0 < longest_line() < 400
    view.show_curves(curves_of("mdico"), in_percent=True)
    assert longest_line() > 450  # 2 panels of 320 − 56 − 14 = 250 each


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        ("Training alone: T33UUU 20 m", "Training T33UUU 20 m, alone"),
        ("Training alone 2: T33UUU 20 m", "Training T33UUU 20 m, alone (network 2)"),
        ("Training mdico on all labels", "Training MDiCo, all sensors, on all labels"),
        ("Training distillation: radar on all labels", "Training radar, distillation, on all labels"),
        ("Training all sensors", "Training all sensors fused"),
        ("Training fast copy: radar", "Training radar, fast copy"),
        ("Training on the labels of all parts", "Training on the labels of all parts"),
        ("Growing forests on all labels", "Growing forests on all labels"),
        ("", ""),
    ],
)
def test_a_stage_names_sensor_and_method_as_the_legend_does(stage, shown):
    assert stage_words(stage) == shown
