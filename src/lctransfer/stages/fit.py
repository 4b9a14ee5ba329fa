"""One classifier of a survey to keep: fitted on the labels of one split of the sweep, measured on its test stars."""

from pathlib import Path

from lctransfer.classifier.estimator import TransferClassifier
from lctransfer.config import Transfer
from lctransfer.evaluation.metrics import score
from lctransfer.evaluation.splits import split
from lctransfer.files import write_json
from lctransfer.transfer.sweep import inputs, opened

SEED = 0
"""The sweep's first: the same labelled stars, and the same test stars."""


def fit(
    features: Path,
    source: Path,
    directory: Path,
    *,
    strategy: str,
    fraction: float,
    settings: Transfer,
    min_class_size: int,
) -> None:
    """Write ``classifier.json``, ``classifier.safetensors`` and ``metrics.json`` of a fitted strategy.

    Parameters
    ----------
    features : Path
        Features table of the target survey, with ``source_id``, ``class_name``, ``flag``.
    source : Path
        Folder of the source model.
    directory : Path
        Where the three files go; `lctransfer.classifier.estimator.TransferClassifier.load` reads it.
    strategy : str
        A name of `STRATEGIES`.
    fraction : float
        Labelled stars over all usable stars of the survey.
    settings : config.Transfer
        Test fraction, training.
    min_class_size : int
        Classes with fewer usable stars are left out.

    Raises
    ------
    LctransferError
        If the table cannot be used, or the strategy is unknown.
    """
    stars, model = opened(features, source, min_class_size)
    X, labels = inputs(stars), stars["class_name"].to_numpy(dtype=str)
    part = split(stars["source_id"].to_numpy(), labels, SEED, fraction, settings.test_fraction)
    classifier = TransferClassifier(model, strategy, settings=settings, random_state=SEED)
    classifier.fit(X[part.labelled], labels[part.labelled], X[part.unlabelled])
    measures = score(labels[part.test], classifier.predict_proba(X[part.test]), classifier.classes_)
    counts = {"n_labels": int(part.labelled.sum()), "n_test": int(part.test.sum())}
    described = {"strategy": strategy, "fraction": fraction, "seed": SEED}
    write_json(Path(directory) / "metrics.json", described | counts | measures)
    classifier.save(directory)
