"""The metrics, against scikit-learn and against closed forms."""

import numpy as np
import pytest
from sklearn.metrics import log_loss as their_log_loss
from sklearn.metrics import matthews_corrcoef

from lctransfer.evaluation.metrics import expected_calibration_error, log_loss, matthews, score

CLASSES = np.array(["a", "b", "c"])


@pytest.fixture
def predictions():
    rng = np.random.default_rng(1)
    return rng.choice(CLASSES, 200), rng.dirichlet([1, 1, 1], 200)


def test_fast_mcc_and_log_loss_are_scikit_learns(predictions):
    labels, p = predictions
    codes = np.searchsorted(CLASSES, labels)
    rows = codes.reshape(4, 50), p.argmax(axis=1).reshape(4, 50)
    assert matthews(*rows, 3) == pytest.approx([matthews_corrcoef(*row) for row in zip(*rows)])
    assert log_loss(labels, p, CLASSES) == pytest.approx(their_log_loss(labels, p, labels=CLASSES))


def test_a_perfect_and_a_constant_prediction():
    labels = np.array(["a", "b", "c", "c"])
    perfect = score(labels, np.eye(3)[[0, 1, 2, 2]], CLASSES)
    assert (perfect["mcc"], perfect["m_c"], perfect["macro_f1"], perfect["ece"]) == (1, 1, 1, 0)
    constant = score(labels, np.tile([0.2, 0.3, 0.5], (4, 1)), CLASSES)
    assert (constant["mcc"], constant["m_c"], constant["accuracy"]) == (0, 0.5, 0.5)
    assert matthews(np.zeros((1, 3), int), np.zeros((1, 3), int), 2) == 0


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    correct = np.array([True, True, False, False])
    assert expected_calibration_error(correct, np.full(4, 0.9)) == pytest.approx(0.4)
    assert expected_calibration_error(correct, np.full(4, 0.5)) == pytest.approx(0)


def test_a_star_without_probabilities_is_wrong_and_a_class_without_a_column_is_missed():
    p = np.array([[0.5, 0.3, 0.2], [np.nan] * 3, [0.1, 0.9, 0.0], [0.2, 0.2, 0.6]])
    found = score(np.array(["a", "a", "b", "d"]), p, CLASSES)
    assert found["classified"] == 0.75
    assert found["accuracy"] == 0.5
    assert found["macro_f1"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert found["log_loss"] == pytest.approx(-(np.log(0.5) + np.log(0.9) + np.log(1e-15)) / 3)
    assert found["ece"] == pytest.approx((0.5 + 0.1 + 0.6) / 3)
    nothing = score(np.array(["a", "b"]), np.full((2, 3), np.nan), CLASSES)
    assert np.isnan([nothing["log_loss"], nothing["ece"]]).all()
    assert nothing["accuracy"] == nothing["classified"] == 0
