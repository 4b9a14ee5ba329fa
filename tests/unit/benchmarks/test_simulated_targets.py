"""Simulated targets: as many stars of each word as said, wrong labels as often as said, two colours in one curve."""

import sys
from pathlib import Path

import numpy as np

from lctransfer.table.light_curves import validate
from lctransfer.taxonomy import members

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
from simulated_targets import SIMULATED_TARGETS, light_curves, merged, mislabelled


def test_a_target_holds_its_words_and_some_are_wrong():
    target, table = SIMULATED_TARGETS["simulated_eros1"], light_curves("simulated_eros1")
    truth = [word for word, models in target.words.items() for _ in range(sum(models.values()))]
    assert validate(table).num_rows == len(truth)
    said = np.array(table["class_name"].to_pylist())
    assert set(said) == set(target.words)
    assert all(members(word) for word in set(said))
    assert 0.5 * target.wrong < (said != truth).mean() < target.wrong
    assert all(np.all(np.diff(times) >= 0) for times in table["time"].to_pylist())
    assert table.equals(light_curves("simulated_eros1"))


def test_the_sparse_target_is_very_uneven():
    sizes = [sum(models.values()) for models in SIMULATED_TARGETS["simulated_crts"].words.values()]
    assert len(sizes) == 11
    assert max(sizes) > 100 * min(sizes)


def test_two_colours_have_one_median():
    first = np.array([[0.0, 1.0, 2.0], [15.0, 15.2, 15.1], [0.1, 0.1, 0.1]])
    both = merged([first, first + np.array([[0.0], [0.7], [0.0]])])
    assert both.shape == (3, 6)
    np.testing.assert_allclose(both[1], np.repeat(first[1], 2))
    assert merged([first, first[:, :0]]) is first


def test_a_wrong_word_is_that_of_another_star():
    words = np.repeat(["a", "b"], 500)
    assert (mislabelled(words, 0.0, 1) == words).all()
    assert 0.05 < (mislabelled(words, 0.2, 1) != words).mean() < 0.15
