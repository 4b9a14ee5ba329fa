"""Files that are dated in the future get dates of now, and keep their order."""

import os
from itertools import pairwise

import pytest

from lctransfer.workflow.dates import bring_back

NOW = 1_800_000_000.0
DATES = {"input": -100.0, "made": -0.5, "features": 500.0, "model": 500.25, "report": 9e6}


@pytest.fixture
def folder(tmp_path):
    """Return a folder of files that were made one after the other, the last three before the clock was set back."""
    for name, date in DATES.items():
        path = tmp_path / "results" / name / "file"
        path.parent.mkdir(parents=True)
        path.touch()
        os.utime(path, (NOW + date, NOW + date))
    return tmp_path / "results"


def dates(folder):
    return [(folder / name / "file").stat().st_mtime for name in DATES]


def test_what_is_made_next_is_younger_and_the_order_stays(folder):
    before = dates(folder)
    assert "3 files are dated in the future" in bring_back([folder], NOW)
    assert dates(folder)[:2] == before[:2]
    assert all(first < second for first, second in pairwise(dates(folder)))
    assert max(dates(folder)) <= NOW
    assert bring_back([folder], NOW) is None


def test_a_file_server_whose_clock_is_seconds_ahead_is_left_alone(folder):
    for name in ("features", "model", "report"):
        os.utime(folder / name / "file", (NOW + 20, NOW + 20))
    before = dates(folder)
    assert bring_back([folder, folder / "none"], NOW) is None
    assert dates(folder) == before


def test_files_of_one_date_keep_one_date(folder):
    for name in ("model", "report"):
        os.utime(folder / name / "file", (NOW + 900, NOW + 900))
    bring_back([folder], NOW)
    assert dates(folder)[-1] == dates(folder)[-2] > dates(folder)[-3]
