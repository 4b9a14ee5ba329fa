"""Peers: they tell two shapes of folded curves apart, and see the same split as the package's strategies."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lctransfer.config import Transfer
from lctransfer.errors import LctransferError
from lctransfer.transfer.sweep import divide

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
import peer_models
import peers

N_STARS = 24


def curve(rng, sharp, period):
    """Return a sine, or a curve that rises steeply and falls slowly."""
    time = np.sort(rng.uniform(0, 50, 80))
    phase = (time / period + rng.random()) % 1
    shape = np.where(phase < 0.15, -phase / 0.15, -(1 - phase) / 0.85) if sharp else 0.5 * np.sin(2 * np.pi * phase)
    return np.stack([time, 12 + shape + rng.normal(0, 0.03, 80), np.full(80, 0.03)])


@pytest.fixture(scope="module")
def shapes():
    """Return what peers see of stars of two shapes, and their classes."""
    rng = np.random.default_rng(1)
    labels, periods = np.array(["saw", "sine"] * (N_STARS // 2)), rng.uniform(0.4, 0.8, N_STARS)
    curves = [curve(rng, label == "saw", period) for label, period in zip(labels, periods)]
    held = peer_models.extracted(curves) if has_light_curve() else pd.DataFrame(index=range(N_STARS))
    return peer_models.material(curves, periods, held), labels


def has_light_curve():
    try:
        import light_curve  # noqa: F401
    except ImportError:
        return False
    return True


@pytest.mark.parametrize("name", peer_models.PEERS)
def test_a_peer_tells_two_shapes_apart(name, shapes, monkeypatch):
    if "MiniRocket" in name:
        pytest.importorskip("aeon", reason=peer_models.AEON_MISSING)
    if "light-curve" in name and not has_light_curve():
        pytest.skip("light-curve is in the extra `benchmark`, which is not installed")
    monkeypatch.setattr(peer_models, "STEPS", 25)
    material, labels = shapes
    seen, asked = np.arange(N_STARS) < 14, np.arange(N_STARS) >= 14
    answers = [
        peer_models.PEERS[name](material.of(seen), labels[seen], material.of(asked), seed=seed) for seed in (0, 0)
    ]
    assert (answers[0] == labels[asked]).mean() >= 0.9
    assert (answers[0] == answers[1]).all()


def test_a_fold_forgets_when_and_how_bright():
    rng = np.random.default_rng(2)
    time = np.sort(rng.uniform(0, 300, 2000))
    folds = [
        peer_models.fold(np.stack([time, level - height * np.cos(2 * np.pi * (time - start) / 0.7), time]), 0.7)
        for level, height, start in ((12, 0.3, 0), (9, 0.8, 0.31))
    ]
    assert folds[0].shape == (peer_models.PHASES,)
    np.testing.assert_allclose(folds[0], folds[1], atol=0.15)
    assert abs(int(folds[0].argmin()) % peer_models.PHASES) in (*range(5), *range(peer_models.PHASES - 5, 128))
    sparse = peer_models.fold(np.array([[0.0, 0.2], [12.0, 12.5], [0.1, 0.1]]), 0.7)
    assert np.isfinite(sparse).all()


def test_without_aeon_a_sentence_says_how_to_get_it(shapes, monkeypatch):
    monkeypatch.setitem(sys.modules, "aeon.transformations.collection.convolution_based", None)
    material, labels = shapes
    with pytest.raises(LctransferError, match=r"benchmarks/peers\.txt"):
        peer_models.PEERS["MiniRocket, folded curve"](material, labels, material, 0)


def test_peers_see_the_split_of_the_strategies_and_miss_stars_without_features(shapes, monkeypatch):
    material, labels = shapes
    flag = np.where(np.arange(N_STARS) < 4, "too_few_epochs", "ok")
    stars = pd.DataFrame({"source_id": [f"s{i}" for i in range(N_STARS)], "class_name": labels, "flag": flag})
    part, known = divide(stars, Transfer(), 6, 100), flag == "ok"
    truth = {float(row[0]): label for row, label in zip(material.folded, labels)}

    def knows(seen, named, asked, seed):
        assert (seen.folded == material.folded[part.labelled]).all()
        assert (named == labels[part.labelled]).all()
        return np.array([truth[float(row[0])] for row in asked.folded])

    monkeypatch.setattr(peers, "PEERS", {"knows": knows})
    (row,) = peers.peer_rows(peers.Survey(stars, material), {"requested": 6.0, "strategy": "auto", "mcc": 0.0}, 100)
    assert row["strategy"] == "knows"
    assert (row["mcc"] == 1) == known[part.test].all()
    assert row["mcc"] > 0.3


def test_the_report_compares_auto_with_each_peer():
    names = [*peers.STRATEGIES, *peers.PEERS]
    rows = [
        {
            "survey": "asas", "strategy": name, "fraction": 0.1, "seed": seed, "n_labels": 24, "requested": 24.0,
            "n_stars": 100, "n_test": 50, "n_pool": 50, "mcc": 0.9 - 0.1 * place + 0.01 * seed * place, "m_c": 0.9,
            "macro_f1": 0.8, "accuracy": 0.8, "log_loss": 0.3, "ece": 0.1, "fit_seconds": 1.0,
        }
        for place, name in enumerate(names)
        for seed in (0, 1, 2)
    ]  # fmt: skip
    found = peers.gaps(pd.DataFrame(rows), "mcc")
    assert list(found.index) == names[1:]
    assert list(found.columns) == ["asas 24"]
    assert [float(said.split()[0]) for said in found["asas 24"]] == pytest.approx(
        [0.09 * i for i in range(1, len(names))]
    )
    text = peers.report(pd.DataFrame(rows))
    assert "| auto " in text
    assert "0.900 ± 0.000" in text
