"""Percentages from what pip writes."""

from colearn.plugin.setup.pip_progress import PipProgress


def fractions(expected_bytes, *lines, steps=0):
    progress = PipProgress(expected_bytes, steps)
    found = []
    for line in lines:
        progress.read(line)
        found.append(round(progress.fraction, 3))
    return found


def test_downloads_fill_60_percent_and_unpacking_the_rest():
    """100 MB expected: 20 MB of the first file are 12 %, 60 MB are 36 %, 60 + 20 MB are 48 %."""
    assert fractions(
        100e6,
        "Collecting torch==2.13.0",
        "  Downloading torch-2.13.0-cp311.whl (60.0 MB)",
        "Progress 20000000 of 60000000",
        "Progress 60000000 of 60000000",
        "  Downloading onnx-1.whl (20.0 MB)",
        "Progress 20000000 of 20000000",
        "Installing collected packages: torch, onnx",
    ) == [0, 0, 0.12, 0.36, 0.36, 0.48, 0.6]


def test_more_than_was_expected_never_passes_the_end_and_never_goes_back():
    found = fractions(
        10e6, "  Downloading a.whl (10.0 MB)", "Progress 10000000 of 10000000", "  Downloading b.whl (30.0 MB)"
    )
    assert found == [0, 0.6, 0.6]


def test_what_is_in_the_cache_is_there_at_once():
    assert fractions(10e6, "  Using cached a-1.whl (5.0 MB)") == [0.3]


def test_only_lines_of_bytes_are_kept_out_of_the_log():
    progress = PipProgress(1e6)
    assert [progress.read(line) for line in ("Progress 1 of 2", "Collecting a", "  Downloading a.whl (3 kB)")] == [
        *(True, False, False)
    ]


def test_unpacking_before_the_last_step_is_not_the_end():
    """Of 200 MB: pip itself, 20 MB, are 0.6 × 10 %; with 80 MB more it is 0.6 × 50 %; then all is there."""
    lines = [
        *("▶ Updating pip", "  Downloading pip-26.whl (20.0 MB)", "Progress 20000000 of 20000000"),
        *("Installing collected packages: pip", "Successfully installed pip-26"),
        *("▶ Installing", "  Downloading torch-2.whl (80.0 MB)", "Progress 80000000 of 80000000"),
        "Installing collected packages: torch",
    ]
    assert fractions(200e6, *lines, steps=2) == [0, 0, *(5 * [0.06]), 0.3, 0.6]


def test_the_bar_goes_on_while_pip_unpacks_in_silence():
    """100 MB become 400 MB: 100 MB of them are a quarter of 40 %. Never all, until pip reports it; never back."""
    progress = PipProgress(100e6)
    lines = ["▶ Installing", "  Downloading torch.whl (100.0 MB)", "Progress 100000000 of 100000000"]
    for line in (*lines, "Installing collected packages: torch"):
        progress.read(line)
    assert progress.is_unpacking
    found = []
    for size in (0, 100e6, 200e6, 150e6, 400e6, 900e6):
        progress.unpacked(size)
        found.append(round(progress.fraction, 3))
    assert found == [0.6, 0.7, 0.8, 0.8, 0.99, 0.99]


def test_a_package_that_is_unpacked_before_the_last_step_counts_as_well():
    """PyTorch comes by a step of its own: 50 of 100 MB are 30 %, half of it unpacked (100 of 400 MB) 10 % more."""
    progress = PipProgress(100e6, steps=2)
    lines = ["▶ PyTorch", "  Downloading torch.whl (50.0 MB)", "Progress 50000000 of 50000000"]
    for line in (*lines, "Installing collected packages: torch"):
        progress.read(line)
    progress.unpacked(100e6)
    assert round(progress.fraction, 3) == 0.4 and progress.is_unpacking
    progress.read("Successfully installed torch-2")
    assert not progress.is_unpacking


def test_from_a_folder_nothing_is_downloaded_and_unpacking_is_all():
    progress = PipProgress(100e6, downloads=False)
    progress.read("Installing collected packages: torch")
    progress.unpacked(100e6)
    assert progress.fraction == 0.25
