"""GDAL's failures as ours."""

import pytest
from colearn.engine.contract.wire.errors import ErrorCode, InputError
from colearn.engine.raster.gdal_calls import close_dataset, gdal_failures


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


def test_a_dataset_that_fails_to_close_is_freed_once() -> None:
    """GDAL frees it, and then reports the failure: Python, collecting its garbage, may not free it again."""

    class Dataset:
        thisown, this = True, object()

        def Close(self) -> None:  # noqa: N802  (GDAL's name)
            raise RuntimeError("no space left on device")

    dataset = Dataset()
    with pytest.raises(RuntimeError, match="no space left"):
        close_dataset(dataset)
    assert not dataset.thisown
    assert dataset.this is None
