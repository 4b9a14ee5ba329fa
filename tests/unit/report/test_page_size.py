"""A report of many targets, strategies, classes and long light curves stays small enough to be sent."""

import json
import re

import pandas as pd
import pytest
import results_folder

from lctransfer import report
from lctransfer.report.blocks import Table
from lctransfer.report.page import MOST_BYTES

LEFT_OUT = "This drawing is in its files only"
TARGETS = ("asas", "hipparcos", "asassn", "gaia", "ztf", "tess", "atlas", "kepler")
STRATEGIES = ("auto", "mapped_head", "finetune_all", "finetune_last", "finetune_weighted", "finetune_balanced")
STRATEGIES += ("scratch", "upsilont_recipe", "extra_trees", "lightgbm", "logistic", "zero_label")
CLASSES = [f"class_{number:02d}" for number in range(20)]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Return the report of 8 targets and 12 strategies, 20 classes, and 600 epochs a star."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results_folder, "CLASSES", CLASSES)
        patch.setattr(report.page, "export", lambda sections, directory: None)  # files beside the page
        directory, data = results_folder.write_results(
            tmp_path_factory.mktemp("many"),
            targets=TARGETS,
            strategies=STRATEGIES,
            fractions=(0.05, 0.20),
            seeds=2,
            stars=1200,
            epochs=(600, 601),
        )
        report.build(directory, data)
    return (directory / "report.html").read_text()


def test_it_is_below_the_bound_with_all_its_drawings_and_some_for_narrow_screens(page):
    assert len(page.encode()) <= MOST_BYTES
    assert LEFT_OUT not in page
    assert 0 < page.count('class="on-narrow"') < page.count('class="wide"')


def test_the_largest_drawings_of_a_larger_page_are_left_to_their_files(tmp_path, monkeypatch):
    few = ("extra_trees", "finetune_all")
    directory, data = results_folder.write_results(tmp_path, stars=180, targets=TARGETS[:2], strategies=few, seeds=1)
    report.build(directory, data)
    whole = (directory / "report.html").read_text()
    narrow = re.findall(r'<div class="on-narrow">.*?</div>', whole, re.DOTALL)
    assert len(narrow) >= whole.count('class="wide"') > 3  # every drawing that is wide has one
    bound = len(whole.encode()) - sum(map(len, narrow)) - 100_000
    monkeypatch.setattr("lctransfer.report.page.MOST_BYTES", bound)
    report.build(directory, data)
    small = (directory / "report.html").read_text()
    assert len(small.encode()) <= bound
    figures = re.findall(r'<figure id="([^"]+)".*?</figure>', small, re.DOTALL)
    parts = dict(zip(figures, re.findall(r"<figure id=.*?</figure>", small, re.DOTALL)))
    left = [name for name, part in parts.items() if LEFT_OUT in part]
    assert figures == re.findall(r'<figure id="([^"]+)"', whole)
    assert left
    assert figures[0] not in left
    assert all("<svg" not in parts[name] and f'href="figures/{name}.svg"' in parts[name] for name in left)
    assert all((directory / "figures" / f"{name}.svg").exists() for name in left)
    assert not set(json.loads(re.search(r'id="drawings">(.*?)</script>', small)[1])) & set(left)


def test_each_letter_is_drawn_once(page):
    outlines = re.findall(r'<path id="(DejaVu[^"]*)"', page)
    assert len(outlines) == len(set(outlines)) > 50
    assert set(re.findall(r'href="#(DejaVu[^"]*)"', page)) == set(outlines)


def test_what_is_left_out_for_it_is_said(page):
    assert "At most 100 epochs of a star are drawn, evenly chosen; the CSV file has all." in page
    assert '"rule":"at most 1 of a survey' in page


def test_columns_of_long_words_are_known():
    data = pd.DataFrame({"stars": [1, 2], "class": ["RRL_ab", "a class of many words"], "sha256": ["0" * 64, "-"]})
    assert Table("t", "", data).kinds() == ["number", "", "long"]
