"""What reports say of 8 bits, and of the units of targets."""

import re
from dataclasses import replace

import pytest
from colearn.engine.contract.job.job import Task
from colearn.engine.contract.manifest.scores import (
    Estimate,
    Quantized,
)
from colearn.engine.report.pages.evaluation_page import evaluation_report
from colearn.engine.report.pages.training_page import training_report

from report_page import Page

pytestmark = pytest.mark.usefixtures("words_only")


class TestPrecision:
    """The table of what 8-bit numbers cost."""

    LEVEL = Quantized("sensors/1.int8.onnx", 0.99996, Estimate(0.5, 0.4, 0.6), Estimate(-0.002, -0.004, 0.001), 77)
    LOWER = Quantized("sensors/2.int8.onnx", 0.97, Estimate(0.4), Estimate(-0.01), 77)

    def page(self, make_training, *quantized) -> Page:
        manifest, evidence = make_training(Task.CLASSIFICATION)
        sensors = tuple(replace(each, quantized=one) for each, one in zip(manifest.sensors, quantized, strict=True))
        return Page(training_report(replace(manifest, sensors=sensors), evidence))

    def test_agreement_change_with_its_interval_and_whether_it_is_used(self, make_training) -> None:
        text = self.page(make_training, self.LEVEL, self.LOWER).text
        assert "99.9 %" in text  # not quite all is not all
        assert "−0.2 points [−0.4, +0.1] on CPUs with fast int8 instructions" in text
        assert "97.0 % 40.0 % −1.0 points no" in text

    def test_a_sensor_without_one(self, make_training) -> None:
        assert "Hyperspectral <HSI> – none" in self.page(make_training, self.LEVEL, None).text

    def test_models_without_any_are_not_asked(self, make_training) -> None:
        assert "8-bit" not in self.page(make_training, None, None).text


class TestUnits:
    """Units stand where values do."""

    def pages(self, make_training, make_evaluation, *units) -> tuple[Page, Page]:
        pages = []
        for make, report in ((make_training, training_report), (make_evaluation, evaluation_report)):
            manifest, evidence = make(Task.REGRESSION, outputs=len(units))
            targets = tuple(replace(target, unit=unit) for target, unit in zip(manifest.targets, units, strict=True))
            pages.append(Page(report(replace(manifest, targets=targets), evidence)))
        return pages[0], pages[1]

    def test_the_one_unit_of_all(self, make_training, make_evaluation) -> None:
        for page in self.pages(make_training, make_evaluation, "m³/ha"):
            assert "All but R² are in m³/ha" in page.text
            assert "Both axes are in m³/ha" in page.text
            assert re.search(r"a mean absolute error of [\d.]+ m³/ha", page.text)
            assert "in the unit of the field" not in page.text
            assert "label field" not in page.text.split("Remarks")[0].split("R²")[1]

    def test_each_its_own(self, make_training, make_evaluation) -> None:
        for page in self.pages(make_training, make_evaluation, "m", "<t>/ha"):
            assert re.search(
                r"a mean absolute error of [\d.]+ m \(height_0\) and [\d.]+ <t>/ha \(height_1\)", page.text
            )
            assert "height_1 (<t>/ha)" in page.text

    def test_an_unknown_one(self, make_training, make_evaluation) -> None:
        for page in self.pages(make_training, make_evaluation, ""):
            assert "in the unit of the field" in page.text

    def test_one_that_looks_like_a_formula(self, make_training, make_evaluation) -> None:
        self.pages(make_training, make_evaluation, "$/m$^2 \\frac{")
