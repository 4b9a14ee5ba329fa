"""Every strategy as a scikit-learn classifier, with classes by name, saved without pickles."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self, TypeAlias

import numpy as np
import pandas as pd
import safetensors
import safetensors.numpy
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from lctransfer import __version__
from lctransfer.classifier.inputs import class_names, distinct_names, only_features, refuse_scaled
from lctransfer.classifier.state import pack, unpack
from lctransfer.config import Transfer, check
from lctransfer.errors import LctransferError, one_line
from lctransfer.files import check_seal, read_json, replacing, sealed, sha256, write_json
from lctransfer.models.combined import Combined
from lctransfer.models.opening import open_source
from lctransfer.models.source import SourceModel
from lctransfer.transfer.registry import make
from lctransfer.validate import validate

Table: TypeAlias = pd.DataFrame | np.ndarray


class TransferClassifier(ClassifierMixin, BaseEstimator):
    """Classify a survey's variable stars from few labels, with what a source model knows of others.

    Parameters
    ----------
    source : None, str, Path, SourceModel, or a list of them
        ``"released"`` (the released UPSILoN-T weights, fetched where they are not yet), a folder that ``pretrain``
        wrote, a file of released weights, or a model. None: no transfer at all; ``auto`` then learns from the labels
        alone, without the simulated sky.
    strategy : str
        A key of `lctransfer.transfer.STRATEGIES`.
    settings : dict or config.Transfer, optional
        Epochs, learning rate, number of trees...: keys of `lctransfer.config.Transfer`. A grid search varies them as
        ``settings__trees`` and so on.
    class_map : dict, optional
        Labels to a class or superclass of the taxonomy, to a list of them, or to None, which leaves stars out of `fit`.
        Labels stay the names of the classes; the map tells what the source knows of them.
    vocabulary : str, optional
        Whose words the labels are, such as vsx or gaia (see `lctransfer.table.vocabularies`); ``detect`` to find out.
    random_state : int, RandomState or None
        Of everything random; an integer gives the same bits again.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; columns of `predict_proba`.
    n_features_in_ : int
        Number of features seen in `fit`.
    feature_names_in_ : ndarray of str
        Their names, where `fit` was given a table.
    strategy_ : Strategy
        The fitted strategy.

    Notes
    -----
    Class names tie the target to the source: a label that is a class or superclass of the taxonomy
    (`lctransfer.taxonomy`) is recognised, any other is a class of its own. With a source, features come as a table with
    the source's names among its columns, or as an array of exactly the source's features in its order.

    Examples
    --------
    >>> X, y = np.array([[0.1], [0.2], [0.9], [1.0]]), ["EB", "EB", "RRL_ab", "RRL_ab"]
    >>> TransferClassifier(strategy="extra_trees", settings={"trees": 10}).fit(X, y).predict([[0.0]])
    array(['EB'], dtype='<U6')
    """

    def __init__(
        self,
        source: str | Path | SourceModel | Combined | Sequence[Any] | None = None,
        strategy: str = "auto",
        *,
        settings: Transfer | Mapping[str, Any] | None = None,
        random_state: int | np.random.RandomState | None = 0,
        class_map: Mapping[str, Any] | None = None,
        vocabulary: str | None = None,
    ):
        self.source = source
        self.strategy = strategy
        self.settings = settings
        self.random_state = random_state
        self.class_map = class_map
        self.vocabulary = vocabulary

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters; with `deep`, each setting too, as ``settings__trees``."""
        found = super().get_params(deep=False)
        given = vars(self.settings) if isinstance(self.settings, Transfer) else self.settings
        given = {} if given is None else given
        if not deep or not isinstance(given, Mapping):
            return found
        return found | {f"{_NESTED}{name}": value for name, value in {**vars(Transfer()), **given}.items()}

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters, and single settings as ``settings__trees``."""
        nested = {name.removeprefix(_NESTED): v for name, v in parameters.items() if name.startswith(_NESTED)}
        super().set_params(**{name: v for name, v in parameters.items() if not name.startswith(_NESTED)})
        if nested:
            held = vars(self.settings) if isinstance(self.settings, Transfer) else self.settings or {}
            validate(Transfer, nested, "settings.")
            self.settings = {**held, **nested}
        return self

    def fit(self, X: Table, y: Sequence[Any], X_unlabelled: Table | None = None) -> Self:
        """Learn from labelled stars, and from unlabelled ones of the same survey where the strategy uses them.

        Parameters
        ----------
        X : DataFrame or ndarray of shape (n, n_features)
            Features, finite; or the whole table that `lctransfer.features` returns, less the stars that it flags.
        y : array-like of shape (n,)
            Labels.
        X_unlabelled : DataFrame or ndarray of shape (m, n_features), optional
            More stars of the survey, with the same features.

        Raises
        ------
        ValueError
            If X holds NaN, or y is no set of at least two classes.
        LctransferError
            If the strategy is unknown, or lacks a source or the source's features, or X holds no features.
        """
        source = open_source(self.source)
        values, labels = validate_data(self, only_features(X), y, dtype=np.float64)
        check_classification_targets(labels)
        meant = class_names(labels, self.class_map, self.vocabulary)
        left_out = np.array([meant[str(label)] is None for label in labels.tolist()], np.bool_)
        values = values[~left_out]
        self.classes_, codes = np.unique(labels[~left_out], return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"There is one class only, {self.classes_[0]!r}: label stars of at least two classes.")
        self._names = distinct_names([str(label) for label in self.classes_], meant)
        self._columns = self._named(source)
        refuse_scaled(values, self._columns)
        unlabelled = self._frame(X_unlabelled) if X_unlabelled is not None and len(X_unlabelled) else None
        drawn = self.random_state is None or isinstance(self.random_state, np.random.RandomState)
        seed: Any = check_random_state(self.random_state).randint(2**31 - 1) if drawn else self.random_state
        settings = _settings(self.settings)
        if self.source is None:
            settings = replace(settings, simulated_sky=False)
        strategy = make(self.strategy, settings, source, seed)
        table = pd.DataFrame(values, columns=self._columns)
        self.strategy_ = strategy.fit(table, self._words()[codes], unlabelled)
        return self

    @classmethod
    def from_source(cls, source: str | Path | SourceModel) -> Self:
        """Return a classifier of the source's own classes as they are, for a survey without any label.

        Raises
        ------
        LctransferError
            If the source cannot be read.
        """
        model = open_source(source)
        if model is None:
            raise LctransferError("Without labels there must be a source model, such as simulated.")
        made = cls(model, "zero_label")
        made.classes_ = np.sort(np.array(model.classes))
        made._columns = list(model.features)
        made.feature_names_in_ = np.array(model.features, dtype=object)
        made.n_features_in_ = len(model.features)
        made.strategy_ = make("zero_label", Transfer(), model, 0).fit(pd.DataFrame(), made.classes_)
        return made

    def predict_proba(self, X: Table) -> np.ndarray:
        """Return class probabilities of shape (n, n_classes), columns as `classes_`."""
        check_is_fitted(self, "strategy_")
        if _is_empty(X):
            return np.zeros((0, len(self.classes_)))
        probabilities = self.strategy_.predict_proba(self._frame(X))
        return probabilities[:, np.searchsorted(self.strategy_.classes_, self._words())]

    def predict(self, X: Table) -> np.ndarray:
        """Return the most probable class of each star."""
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    def novelty_score(self, X: Table) -> np.ndarray:
        """Return how unlike anything it was trained on each star is: shape (n,), from 0 to 1."""
        check_is_fitted(self, "strategy_")
        if _is_empty(X):
            return np.zeros(0)
        return self.strategy_.novelty_score(self._frame(X))

    def save(self, directory: Path | str) -> None:
        """Write the fitted classifier below `directory`: ``classifier.safetensors`` and ``classifier.json``.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If it is not fitted.
        LctransferError
            If the strategy holds something that cannot be saved.
        """
        check_is_fitted(self, "strategy_")
        content, arrays = pack(self, "classifier")
        arrays_file = Path(directory) / "classifier.safetensors"
        with replacing(arrays_file) as aside:
            aside.write_bytes(safetensors.numpy.save(arrays))
        described = {"format": FORMAT, "lctransfer": __version__, "sha256": sha256(arrays_file), "content": content}
        write_json(Path(directory) / "classifier.json", sealed(described | {"classes": self._words().tolist()}))

    @classmethod
    def load(cls, directory: Path | str) -> Self:
        """Return the classifier that `save` wrote; it predicts the same bits.

        Raises
        ------
        LctransferError
            If a file is missing or damaged, or the two do not belong together.
        """
        described = read_json(Path(directory) / "classifier.json")
        _check_format(described, Path(directory))
        arrays_file = Path(directory) / "classifier.safetensors"
        try:
            arrays = safetensors.numpy.load_file(arrays_file)
            content, digest = described["content"], described["sha256"]
        except (KeyError, TypeError, OSError, safetensors.SafetensorError) as error:
            raise LctransferError(
                f"{directory} holds no readable classifier ({one_line(error)}). Save it again."
            ) from None
        if sha256(arrays_file) != digest:
            raise LctransferError(f"{arrays_file} is not the one that classifier.json describes. Save both again.")
        loaded = unpack(content, arrays)
        if not isinstance(loaded, cls):
            raise LctransferError(f"{directory} holds a {type(loaded).__name__}, not a {cls.__name__}.")
        return loaded

    def _words(self) -> np.ndarray:
        """Return the names that the strategy knows the classes by: the labels, or what the class map ties them to."""
        return np.array(getattr(self, "_names", None) or [str(name) for name in self.classes_])

    def _named(self, source: SourceModel | Combined | None) -> list[str]:
        """Return the names of the columns: their own, the source's, or made-up ones."""
        needed, own = source.features if source else (), getattr(self, "feature_names_in_", None)
        if own is not None:
            missing = sorted(set(needed) - set(own))
            if missing:
                raise LctransferError(f"The table lacks {', '.join(missing)}, which the source model needs.")
            return own.tolist()
        if needed and self.n_features_in_ != len(needed):
            raise LctransferError(
                f"The source model takes {len(needed)} features, and the array has {self.n_features_in_} columns. "
                f"Give these in order, or a table with these names: {', '.join(needed)}."
            )
        return list(needed) or [f"x{i}" for i in range(self.n_features_in_)]

    def _frame(self, X: Table) -> pd.DataFrame:
        names = getattr(self, "feature_names_in_", None)
        if names is not None and isinstance(X, pd.DataFrame):
            missing = sorted(set(names) - set(X.columns))
            if missing:
                raise LctransferError(f"The table lacks {', '.join(missing)}, which the classifier was fitted with.")
            X = X[list(names)]  # in whatever order they come
        return pd.DataFrame(validate_data(self, X, dtype=np.float64, reset=False), columns=self._columns)


FORMAT = 4
"""Of saved classifiers: raised whenever a strategy keeps something else."""
_NESTED = "settings__"


def _check_format(described: Any, directory: Path) -> None:
    """Refuse what another version wrote, then what was changed."""
    if isinstance(described, dict) and described.get("format") != FORMAT:
        raise LctransferError(
            f"{directory} was saved by lctransfer {described.get('lctransfer')} in another format: fit it again."
        )
    check_seal(described, directory / "classifier.json", needed=True)


def _is_empty(X: Table) -> bool:
    return hasattr(X, "__len__") and len(X) == 0


def _settings(given: Transfer | Mapping[str, Any] | None) -> Transfer:
    if isinstance(given, Transfer):
        check(given, "settings.")
        return given
    validate(Transfer, given or {}, "settings.")
    return Transfer(**(given or {}))
