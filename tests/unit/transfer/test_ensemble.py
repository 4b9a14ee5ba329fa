"""Ensemble weights: what out-of-fold labels make of them, and what holds them."""

import numpy as np
import pytest
from scipy.optimize import minimize

from lctransfer.transfer.ensemble import (
    Answers,
    Views,
    belief,
    completed,
    fit_weights,
    folds,
    importance,
    log_probabilities,
    mixed,
)


def _members(n=200, seed=0):
    """Return log-probabilities of a member that knows, one that guesses and one that is wrong, and the classes."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, n)
    knows = np.full((n, 3), 0.1)
    knows[np.arange(n), np.where(rng.random(n) < 0.8, codes, (codes + 1) % 3)] = 0.8
    wrong = np.full((n, 3), 0.1)
    wrong[np.arange(n), (codes + 1) % 3] = 0.8
    return np.log(np.stack([knows, np.full((n, 3), 1 / 3), wrong])), codes


def test_labels_raise_the_member_that_knows_and_silence_the_one_that_is_wrong():
    logs, codes = _members()
    weights, loss = fit_weights(logs, codes, np.array([0.4, 0.4, 0.4]), attachment=5.0)
    assert weights[0] > 0.7
    assert weights[1] == pytest.approx(0.4, abs=1e-4)
    assert weights[2] == 0
    assert loss < fit_weights(logs, codes, weights, attachment=1e9)[1] + 5.0 * ((weights - 0.4) ** 2).sum() + 1e-6


def test_the_weights_are_the_least_loss_and_its_distance_from_the_start():
    logs, codes = _members()
    start, counts, rows = np.array([0.5, 0.3, 0.2]), importance(codes), np.arange(len(codes))

    def loss(weights):
        return 3.0 * ((weights - start) ** 2).sum() - counts @ np.log(mixed(weights, logs)[rows, codes])

    weights, least = fit_weights(logs, codes, start, attachment=3.0)
    by_hand = minimize(loss, start, method="Nelder-Mead", bounds=[(0, 3)] * 3, options={"xatol": 1e-7, "fatol": 1e-9})
    np.testing.assert_allclose(weights, by_hand.x, atol=1e-4)
    assert least == pytest.approx(loss(weights))


def test_few_labels_leave_the_weights_near_their_start():
    logs, codes = _members()
    start = np.array([0.4, 0.4, 0.4])
    few, _ = fit_weights(logs[:, :3], codes[:3], start, attachment=50.0)
    assert np.abs(few - start).max() < 0.1
    assert fit_weights(logs[:, :0], codes[:0], start, attachment=50.0)[0].tolist() == start.tolist()


def test_the_mixture_is_the_normalised_geometric_mean():
    logs, _ = _members(5)
    whole = np.exp(logs[0]) ** 0.5 * np.exp(logs[2]) ** 2
    np.testing.assert_allclose(mixed(np.array([0.5, 0, 2]), logs), whole / whole.sum(axis=1, keepdims=True))


def test_a_class_that_a_member_has_not_seen_is_not_ruled_out():
    logs = log_probabilities(np.array([[1.0, 0.0]]), np.array(["a", "c"]), np.array(["a", "b", "c"]))
    np.testing.assert_allclose(np.exp(logs), [[0.998, 0.001, 0.001]])
    assert np.exp(logs).sum() == pytest.approx(1)


def test_folds_spread_every_class():
    codes = np.repeat([0, 1], [10, 5])
    fold = folds(codes, 5, seed=1)
    assert [np.bincount(fold[codes == code], minlength=5).tolist() for code in (0, 1)] == [[2] * 5, [1] * 5]


def test_folds_do_not_follow_the_order_of_the_stars_and_depend_on_the_seed_alone():
    codes = np.tile([0, 1], 10)
    assert all((np.bincount(folds(codes, 2, seed)[codes == 0], minlength=2) == 5).all() for seed in range(5))
    assert folds(codes, 2, seed=3).tolist() == folds(codes, 2, seed=3).tolist() != folds(codes, 2, seed=4).tolist()


def test_each_star_shares_with_its_own_source():
    classes, known = np.array(["a", "b", "c"]), np.array(["a", "b"])
    source = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    together = completed(np.array([[0.9, 0.1], [0.4, 0.6]]), known, source, np.ones(3), classes)
    alone = [
        completed(np.array([given]), known, source[[i]], np.ones(3), classes)[0]
        for i, given in enumerate([[0.9, 0.1], [0.4, 0.6]])
    ]
    np.testing.assert_allclose(together, alone)


def test_answers_are_completed_by_the_source_as_far_as_labels_are_few():
    classes = np.array(["a", "b"])
    said, source = np.array([[0.9, 0.1], [0.3, 0.7]]), np.array([[0.5, 0.5], [0.2, 0.8]])
    logs = Answers([(said, classes)] * 2, source, np.array([6, 2])).logs(classes, 2.0)
    np.testing.assert_allclose(logs, [completed(said, classes, source, np.array([0.75, 0.5]), classes)] * 2)
    alone = Answers([(said[:, :1], classes[:1]), (said, classes)], None, np.array([6, 2])).logs(classes, 2.0)
    np.testing.assert_allclose(alone[0], log_probabilities(said[:, :1], classes[:1], classes))
    np.testing.assert_allclose(alone[1], log_probabilities(said, classes, classes))


def test_a_class_without_labels_has_the_sources_probability_and_one_with_many_has_the_members():
    classes, known = np.array(["a", "b", "c"]), np.array(["a", "b"])
    source = np.array([[0.2, 0.3, 0.5]])
    probabilities = np.exp(completed(np.array([[0.9, 0.1]]), known, source, np.array([1, 1, 0]), classes))
    assert probabilities == pytest.approx(np.array([[0.45, 0.05, 0.5]]), abs=2e-3)
    unsure = np.exp(completed(np.array([[0.9, 0.1]]), known, source, np.array([0.5, 0.5, 0]), classes))
    expected = np.sqrt([0.45 * 0.2, 0.05 * 0.3, 0.5 * 0.5])
    assert unsure[0] == pytest.approx(expected / expected.sum(), abs=3e-3)


def test_stars_of_rare_classes_count_more_and_all_count_as_many_as_they_are():
    counts = importance(np.array([0, 0, 0, 0, 1]))
    np.testing.assert_allclose(counts, np.array([0.5, 0.5, 0.5, 0.5, 1.0]) * 5 / 3)


@pytest.mark.parametrize("right", [True, False])
def test_held_out_stars_tell_whether_the_source_is_to_be_believed(right):
    classes, codes = np.array(["a", "b"]), np.tile([0, 1], 20)
    truth = np.where(codes[:, np.newaxis] == [0, 1], 0.95, 0.05)
    source = truth if right else truth[:, ::-1]
    answers = Answers([(truth, classes), (source, classes)], source, np.array([20, 20]))
    before = Views(np.array([[0.4, 0.6], [0.4, 0.0]]), np.array([1.0, 0.3]), np.array([0.8, 0.2]))
    after = before.fit([answers], codes, classes, attachment=10.0)
    parts = [
        Answers([(truth[part], classes), (source[part], classes)], source[part], answers.n_labels)
        for part in (slice(25), slice(25, None))
    ]
    for whole, in_parts in zip(after, before.fit(parts, codes, classes, attachment=10.0)):
        np.testing.assert_array_equal(whole, in_parts)
    assert after.shares.sum() == pytest.approx(1)
    assert (after.shares[0] > 0.8) == right
    assert (after.probabilities(answers, classes).argmax(axis=1) == codes).all()


def test_without_held_out_stars_views_stay_what_they_were():
    before = Views(np.array([[0.4], [0.0]]), np.array([1.0, 0.3]), np.array([0.8, 0.2]))
    after = before.fit([], np.zeros(0, int), np.array(["a", "b"]), attachment=10.0)
    assert after.weights.tolist() == before.weights.tolist()
    np.testing.assert_allclose(after.shares, before.shares)


def test_a_class_that_no_label_stands_against_is_believed_less_where_the_source_mistakes_labelled_stars_for_it():
    said = np.tile([0.4, 0.2, 0.4], (20, 1))
    believed = belief(said, np.array([20, 0, 0]))
    np.testing.assert_allclose(believed, [1, 0.5, 1 / 3])
    assert belief(said[:0], np.array([0, 0, 0])).tolist() == [1, 1, 1]
