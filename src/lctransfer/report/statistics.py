"""The numbers behind the sentences: means over seeds, paired differences, labels saved."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import confusion_matrix, matthews_corrcoef, precision_recall_fscore_support

from lctransfer.evaluation.metrics import METRICS

KEYS = ["survey", "strategy", "fraction"]


def summary(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return mean and spread over seeds per (survey, strategy, fraction).

    Parameters
    ----------
    metrics : pandas.DataFrame
        A row per (survey, strategy, fraction, seed).

    Returns
    -------
    pandas.DataFrame
        n_seeds, the mean count of labels, and for each metric its mean and its standard deviation (``_std``).
    """
    groups = metrics.groupby(KEYS, sort=True)
    names = [name for name in (*METRICS, "fit_seconds") if name in metrics]
    table = groups[[*names, "n_labels", "n_test"]].mean()
    spread = groups[names].std().add_suffix("_std")
    return table.join(spread).assign(n_seeds=groups.size()).reset_index()


def summaries(metrics: pd.DataFrame, surveys: Iterable[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each survey with its rows of `summary`."""
    table = summary(metrics)
    for survey in surveys:
        yield survey, table[table["survey"] == survey]


def paired(metrics: pd.DataFrame, rival: str, metric: str = "m_c", level: float = 0.95) -> pd.DataFrame:
    """Return the difference of each strategy to a rival, seed by seed on the same test stars.

    Parameters
    ----------
    metrics : pandas.DataFrame
        A row per (survey, strategy, fraction, seed).
    rival : str
        The strategy that is subtracted.
    metric : str
        What is compared.
    level : float
        Coverage of the interval.

    Returns
    -------
    pandas.DataFrame
        Per (survey, strategy, fraction): difference (mean over the seeds that both have), low and high (interval of
        that mean; see `corrected_interval`), n_seeds, and ``better``: the count of seeds in which the strategy is
        ahead. With one seed the interval is missing. It speaks of other draws of labels from these stars, not of
        other stars.
    """
    columns = [*KEYS, "difference", "low", "high", "n_seeds", "better"]
    wide = metrics.pivot_table(index=["survey", "fraction", "seed"], columns="strategy", values=metric)
    if rival not in wide:
        return pd.DataFrame(columns=columns)
    gaps = wide.drop(columns=rival).sub(wide[rival], axis=0).stack().dropna().rename("difference").reset_index()
    ratio = _test_to_pool(metrics)
    rows = []
    for key, part in gaps.groupby(KEYS):
        values = part["difference"].to_numpy()
        low, high = corrected_interval(values, ratio, level)
        rows.append((*key, float(values.mean()), low, high, len(values), int((values > 0).sum())))
    return pd.DataFrame(rows, columns=columns)


def _test_to_pool(metrics: pd.DataFrame) -> float:
    """Return the largest ratio of test stars to the others of their survey; 1, as of halves, where it is not known."""
    return float((metrics["n_test"] / metrics["n_pool"]).max()) if "n_pool" in metrics and len(metrics) else 1.0


def corrected_interval(values: np.ndarray, test_to_pool: float, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of a mean over random splits of the same stars, whose test sets overlap.

    The corrected resampled t of Nadeau & Bengio (2003), Machine Learning 52, 239: the variance of the mean of k splits
    is (1 / k + rho / (1 - rho)) times that of the values, and not a k-th of it. Their rho is the share of the stars in
    each test set; here labels are drawn from the rest, so that rho / (1 - rho) is test stars over pool.

    Parameters
    ----------
    values : ndarray of shape (k,)
        Of each split.
    test_to_pool : float
        Test stars over all other stars.
    level : float
        Coverage.

    Returns
    -------
    (float, float)
        NaN, NaN of one value.
    """
    count = len(values)
    if count < 2:
        return float("nan"), float("nan")
    scale = np.sqrt(1 / count + test_to_pool) * values.std(ddof=1)
    half = stats.t.ppf(0.5 + level / 2, count - 1) * scale
    return float(values.mean() - half), float(values.mean() + half)


def labels_needed(curve: pd.DataFrame, target: float, metric: str = "m_c") -> float:
    """Return how many labels a strategy needs to reach a value, read off its label-efficiency curve.

    Parameters
    ----------
    curve : pandas.DataFrame
        Rows of `summary` of one survey and strategy, with columns n_labels and `metric`.
    target : float
        The value to reach.
    metric : str
        What the curve shows.

    Returns
    -------
    float
        Count of labels, interpolated linearly in the logarithm of the count at the first crossing; the smallest count
        of the curve if it begins above, and infinity if it never reaches the value.
    """
    curve = curve.sort_values("n_labels")
    counts, values = curve["n_labels"].to_numpy(float), curve[metric].to_numpy(float)
    reached = np.flatnonzero(values >= target)
    if not len(reached):
        return float("inf")
    at = reached[0]
    if at == 0:
        return float(counts[0])
    share = (target - values[at - 1]) / (values[at] - values[at - 1])
    return float(np.exp(np.log(counts[at - 1]) + share * np.log(counts[at] / counts[at - 1])))


def confusion(truth: pd.Series, predicted: pd.Series, classes: list[str]) -> np.ndarray:
    """Return counts, shape (n_classes, n_classes): rows are true classes, columns predicted ones."""
    known = truth.isin(classes).to_numpy() & predicted.isin(classes).to_numpy()
    if not known.any():
        return np.zeros((len(classes), len(classes)))
    return confusion_matrix(truth[known], predicted[known], labels=classes).astype(float)


def per_class(counts: np.ndarray, classes: list[str]) -> pd.DataFrame:
    """Return support, precision, recall and F1 of each class from a confusion matrix (0 where undefined)."""
    true, predicted = np.indices(counts.shape).reshape(2, -1)
    precision, recall, f1, support = precision_recall_fscore_support(
        true, predicted, labels=range(len(classes)), sample_weight=counts.ravel(), zero_division=0
    )
    return pd.DataFrame(
        {"class": classes, "stars": support.astype(int), "precision": precision, "recall": recall, "f1": f1}
    )


def m_c(counts: np.ndarray) -> float:
    """Return (MCC + 1) / 2 of a confusion matrix; 0.5, as for guessing, where only one class occurs."""
    true, predicted = np.indices(counts.shape).reshape(2, -1)
    return (float(matthews_corrcoef(true, predicted, sample_weight=counts.ravel())) + 1) / 2
