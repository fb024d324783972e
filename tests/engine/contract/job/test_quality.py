"""The grammar of quality masks: what is read, what is refused, and that text and rules say the same."""

import pytest
from colearn.engine.contract.job.quality import PRESETS, QualityRule, QualityTest, mask_rules, mask_text
from colearn.engine.contract.job.sources import RasterSource, SensorSpec
from colearn.engine.contract.wire.codec import CodecError
from hypothesis import given
from hypothesis import strategies as st

SCL = (0.0, 1.0, 3.0, 8.0, 9.0, 10.0)


@pytest.mark.parametrize(
    ("text", "band", "test", "numbers"),
    [
        ("QA_PIXEL bits 0,1,2,3,4", "QA_PIXEL", "bits", (0, 1, 2, 3, 4)),
        ("SCL values 0,1,3,8-10", "SCL", "values", SCL),
        ("scl VALID 4 , 5", "scl", "valid", (4, 5)),
        ("5 bits 3", "5", "bits", (3,)),
        ("bits 3", "", "bits", (3,)),
        ("cloud mask values 1", "cloud mask", "values", (1,)),
        ("“cs” above 0.6".replace("“", '"').replace("”", '"'), "cs", "above", (0.6,)),
        ("cs_cdf below 0.6", "cs_cdf", "below", (0.6,)),
        ("values -1", "", "values", (-1,)),
        ("sentinel2_scl", "SCL", "values", SCL),
        ("Sentinel2_SCL + snow", "SCL", "values", (*SCL, 11)),
        ("quality sentinel2_scl", "quality", "values", SCL),
        ("landsat_qa_pixel", "QA_PIXEL", "bits", (0, 1, 2, 3, 4)),
        ("landsat_qa_pixel+snow", "QA_PIXEL", "bits", (0, 1, 2, 3, 4, 5)),
        ("generic", "", "values", (0,)),
        ("clear generic", "clear", "values", (0,)),
    ],
)
def test_what_is_read(text, band, test, numbers) -> None:
    assert mask_rules(text) == (QualityRule(band, QualityTest(test), tuple(map(float, numbers))),)


def test_several_rules_stand_beside_each_other_each_once() -> None:
    rules = mask_rules("QA_PIXEL bits 0-4; QA_RADSAT bits 0-6;QA_PIXEL bits 0-4")
    assert [rule.to_text() for rule in rules] == ["QA_PIXEL bits 0-4", "QA_RADSAT bits 0-6"]
    assert [rule.band for rule in mask_rules("enmap_quality+snow")][-1] == "QL_QUALITY_SNOW"


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("SCL", "“SCL”", "bits"),
        ("SCL values", "SCL values", "sentinel2_scl"),
        ("SCL values 1;", "“”", "BAND bits"),
        ("SCL values 1.5", "1.5", "integers"),
        ("SCL values 3,,4", "“” in", "commas"),
        ("SCL values 10-8", "10-8", "ascending range"),
        ("QA bits 32", "QA bits 32", "0 (the lowest) to 31"),
        ("QA bits -1", "bits -1", "0 (the lowest)"),
        ("cs above 1,2", "above", "one number"),
        ("generic+snow", "generic+snow", "landsat_qa_pixel"),
        ("quality enmap_quality", "enmap_quality", "5 bands"),
        ("SCL equals 3", "equals", "values"),
    ],
)
def test_what_is_no_mask_says_what_is_one(text, found, expected) -> None:
    with pytest.raises(CodecError) as caught:
        mask_rules(text, "SENSOR_A_MASK")
    assert caught.value.place == "SENSOR_A_MASK"
    assert found in caught.value.found
    assert expected in caught.value.expected


@pytest.mark.parametrize("text", ["", " ", "none", "None"])
def test_no_mask(text) -> None:
    assert mask_rules(text) == ()


@given(
    st.sampled_from(["", "SCL", "7", "a band"]),
    st.sampled_from([QualityTest.VALUES, QualityTest.VALID, QualityTest.BITS]),
    st.sets(st.integers(0, 31), min_size=1),
)
def test_text_and_rules_say_the_same(band, test, numbers) -> None:
    rules = (QualityRule(band, test, tuple(map(float, sorted(numbers)))),)
    assert mask_rules(mask_text(rules)) == rules


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_masks_and_come_back_from_their_text(preset) -> None:
    rules = mask_rules(preset)
    assert mask_rules(mask_text(rules)) == rules


def test_a_sensor_with_an_unreadable_mask_is_refused() -> None:
    with pytest.raises(CodecError, match="mask"):
        SensorSpec("A", (RasterSource("a.tif"),), mask="clouds")
    with pytest.raises(CodecError, match="mask rasters without a quality mask"):
        SensorSpec("A", (RasterSource("a.tif"),), mask_rasters=(RasterSource("m.tif"),))
