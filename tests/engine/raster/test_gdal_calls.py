"""GDAL's failures as ours."""

import pytest
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.raster.gdal_calls import gdal_failures


def logged(words: str) -> InputError:
    return InputError(ErrorCode.RASTER_READ_FAILED, found=words, expected="a raster", remedy="None.")


def test_words_that_are_no_text_are_a_failure_like_any_other() -> None:
    """Of some damaged files GDAL repeats bytes; its bindings fail to hand them over, in words of their own."""
    with pytest.raises(InputError) as caught, gdal_failures(logged):
        raise SystemError("<built-in function OpenEx> returned a result with an exception set")
    assert caught.value.found == "an unreadable error message, as from a damaged file"


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), gdal_failures(logged):
        raise KeyError("not GDAL's")
