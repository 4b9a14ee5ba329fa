"""The score of stars that are unlike anything labelled."""

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from lctransfer.transfer import novelty


def stars(rng: np.random.Generator, centre: float, n: int) -> pd.DataFrame:
    return pd.DataFrame(rng.normal(centre, 1.0, (n, 3)), columns=["a", "b", "c"])


def test_a_class_that_only_unlabelled_stars_have_stands_out_although_the_classifier_is_sure():
    rng = np.random.default_rng(0)
    known, new = stars(rng, 0.0, 150), stars(rng, 4.0, 50)
    trees = novelty.fit(known[:50], pd.concat([known[50:100], new[:25]]), seed=0)
    seen = pd.concat([known[100:], new[25:]])
    sure = np.tile([0.9, 0.1], (len(seen), 1))
    score = novelty.score(seen, sure, np.array(["EB", "QSO"]), [], trees)
    assert roc_auc_score(np.arange(len(seen)) >= 50, score) > 0.95
    assert ((score > 0) & (score < 1)).all()


def test_without_unlabelled_stars_and_sources_doubt_is_what_remains():
    assert novelty.fit(pd.DataFrame({"a": [1.0]}), None, seed=0) is None
    doubt = np.array([0.1, 0.4, 0.2])
    probabilities = np.column_stack([1 - doubt, doubt])
    score = novelty.score(pd.DataFrame({"a": doubt}), probabilities, np.array(["EB", "QSO"]), [], None)
    np.testing.assert_allclose(score, doubt)
