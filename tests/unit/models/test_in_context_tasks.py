"""Tasks drawn from simulated surveys: what an observer may have, and nothing that gives the answer away."""

import numpy as np
import pytest
import torch

from lctransfer.models import in_context_tasks
from lctransfer.models.in_context_tasks import COMMON, MOST_CLASSES, WORDS, Survey, batch
from lctransfer.models.simulated import simulated

PER_KIND = 12


@pytest.fixture(scope="module")
def survey():
    """Return stars whose first feature is their number, so that they can be told apart."""
    n_stars = PER_KIND * len(simulated().classes)
    x = torch.zeros(n_stars, len(simulated().features))
    x[:, 0] = torch.arange(n_stars) / n_stars
    rows = np.arange(n_stars).reshape(-1, PER_KIND)
    return Survey(x, dict(zip(simulated().classes, rows)))


def drawn(survey, seed, size=20):
    return batch([survey], simulated(), np.random.default_rng(seed), size)


def test_kinds_and_words_are_classes_of_the_sky():
    assert {kind for word in (*WORDS, *COMMON) for kind in word.split()} <= set(simulated().classes)


def test_tasks_have_labels_queries_and_probabilities(survey):
    tasks, classes = drawn(survey, seed=0)
    n_classes = (1 - tasks.absent).sum(1)
    assert ((n_classes >= 1) & (n_classes <= MOST_CLASSES)).all()
    assert ((tasks.codes >= 0).sum(1) >= 2).all()
    assert (tasks.codes.amax(1) < n_classes).all()
    assert (classes.amax(1) < n_classes).all()
    present = tasks.source_of_queries.exp() * (1 - tasks.absent)[:, None] * (classes >= 0)[..., None]
    assert torch.allclose(present.sum(2)[classes >= 0], torch.ones(int((classes >= 0).sum())), atol=1e-3)


def test_no_star_is_both_labelled_and_asked_of(survey, monkeypatch):
    monkeypatch.setattr(in_context_tasks, "MISFIT", 0.0)
    tasks, classes = drawn(survey, seed=1)
    for labelled, codes, queries, asked in zip(tasks.labelled, tasks.codes, tasks.queries, classes):
        known, unknown = labelled[codes >= 0, 0].tolist(), queries[asked >= 0, 0].tolist()
        assert not set(known) & set(unknown)
        assert len(set(known)) == len(known)


def test_the_same_generator_draws_the_same_tasks(survey):
    first, again, other = (drawn(survey, seed)[0].labelled for seed in (2, 2, 3))
    assert torch.equal(first, again)
    assert first.shape != other.shape or not torch.equal(first, other)
