"""Percentages from what pip writes."""

from colearn.plugin.setup.pip_progress import PipProgress


def fractions(expected_bytes, *lines, steps=0):
    progress = PipProgress(expected_bytes, steps)
    found = []
    for line in lines:
        progress.read(line)
        found.append(round(progress.fraction, 3))
    return found


def test_downloads_fill_85_percent_and_unpacking_the_rest():
    """100 MB expected: 20 MB of the first file are 17 %, 60 + 20 MB are 68 %."""
    assert fractions(
        100e6,
        "Collecting torch==2.13.0",
        "  Downloading torch-2.13.0-cp311.whl (60.0 MB)",
        "Progress 20000000 of 60000000",
        "Progress 60000000 of 60000000",
        "  Downloading onnx-1.whl (20.0 MB)",
        "Progress 20000000 of 20000000",
        "Installing collected packages: torch, onnx",
    ) == [0, 0, 0.17, 0.51, 0.51, 0.68, 0.85]


def test_more_than_was_expected_never_passes_the_end_and_never_goes_back():
    found = fractions(
        10e6, "  Downloading a.whl (10.0 MB)", "Progress 10000000 of 10000000", "  Downloading b.whl (30.0 MB)"
    )
    assert found == [0, 0.85, 0.85]


def test_what_is_in_the_cache_is_there_at_once():
    assert fractions(10e6, "  Using cached a-1.whl (5.0 MB)") == [0.425]


def test_only_lines_of_bytes_are_kept_out_of_the_log():
    progress = PipProgress(1e6)
    assert [progress.read(line) for line in ("Progress 1 of 2", "Collecting a", "  Downloading a.whl (3 kB)")] == [
        *(True, False, False)
    ]


def test_unpacking_before_the_last_step_is_not_the_end():
    """Of 200 MB: pip itself, 20 MB, are 0.85 × 10 %; with 80 MB more it is 0.85 × 50 %; then all is there."""
    lines = [
        *("▶ Updating pip", "  Downloading pip-26.whl (20.0 MB)", "Progress 20000000 of 20000000"),
        *("Installing collected packages: pip", "Successfully installed pip-26"),
        *("▶ Installing", "  Downloading torch-2.whl (80.0 MB)", "Progress 80000000 of 80000000"),
        "Installing collected packages: torch",
    ]
    assert fractions(200e6, *lines, steps=2) == [0, 0, *(5 * [0.085]), 0.425, 0.85]
