"""Calibrated probabilities and conformal sets: the right values on cases worked out by hand, and on simulated draws."""

import numpy as np
import pytest

from lctransfer.classifier.calibration import Calibration, estimated_proportions, fit_temperature, tempered
from lctransfer.errors import LctransferError


def drawn(n, seed, sharper=1.0):
    """Return probabilities that are too sure by a factor in the logarithm, and labels drawn from the true ones."""
    rng = np.random.default_rng(seed)
    logs = rng.normal(0, 1.5, (n, 4))
    true = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    codes = np.array([rng.choice(4, p=row) for row in true])
    return tempered(true, 1 / sharper, np.ones(4)), codes


def test_the_temperature_undoes_what_made_probabilities_too_sure():
    assert fit_temperature(*drawn(4000, 0, sharper=2.0)) == pytest.approx(2.0, abs=0.15)
    assert fit_temperature(*drawn(4000, 0)) == pytest.approx(1.0, abs=0.1)


def test_few_labels_leave_the_strategy_as_it_is():
    assert fit_temperature(np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 1])) == pytest.approx(1.0, abs=0.05)


def test_the_conformal_quantile_is_the_right_order_statistic():
    made = Calibration(1.0, np.ones(2), np.array([0.5, 0.1, 0.3, 0.2, 0.4, 0.7, 0.6, 0.9, 0.8]))
    assert made.threshold(0.8) == 0.8  # the 8th of 9: (9 + 1) * 0.8
    assert made.threshold(0.9) == 0.9
    assert made.threshold(0.95) == float("inf")
    assert made.sets(np.array([[0.25, 0.75]]), 0.8).tolist() == [[True, True]]
    assert made.sets(np.array([[0.15, 0.85]]), 0.8).tolist() == [[False, True]]


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
def test_sets_hold_the_true_class_as_often_as_they_say(level):
    made = Calibration.fit(*drawn(2000, 1, sharper=1.5))
    probabilities, codes = drawn(4000, 2, sharper=1.5)
    inside = made.sets(made.apply(probabilities), level)
    assert inside[np.arange(4000), codes].mean() == pytest.approx(level, abs=0.02)


@pytest.mark.parametrize("level", [0, 1, 1.5, float("nan")])
def test_a_level_that_cannot_be_is_refused(level):
    with pytest.raises(LctransferError, match="level"):
        Calibration(1.0, np.ones(2), np.zeros(3)).threshold(level)


def test_class_proportions_are_found_from_unlabelled_stars():
    rng = np.random.default_rng(3)
    true = np.array([0.7, 0.2, 0.1])
    codes = rng.choice(3, 6000, p=true)
    logs = rng.normal(0, 1, (6000, 3)) + 2 * np.eye(3)[codes]
    likelihood = np.exp(2 * logs)  # of unit normals around 0 and 2
    posterior = likelihood / likelihood.sum(axis=1, keepdims=True)
    assert estimated_proportions(posterior, np.full(3, 1 / 3)) == pytest.approx(true, abs=0.02)
