"""The names of all strategies: one table, and nothing heavy imported until a strategy is made."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from lctransfer.config import Transfer
from lctransfer.errors import check_name
from lctransfer.seeds import as_seed

if TYPE_CHECKING:
    from lctransfer.models.combined import Combined
    from lctransfer.models.source import SourceModel
    from lctransfer.transfer.base import Strategy


class Entry(NamedTuple):
    """Where a strategy is, how it is made, and what it does in one phrase."""

    module: str
    kind: str
    description: str
    options: dict[str, Any]


def _entry(module: str, kind: str, description: str, **options: Any) -> Entry:
    return Entry(f"lctransfer.transfer.{module}", kind, description, options)


ENTRIES = {
    "finetune_all": _entry("finetune", "FineTune", "fine-tune all layers, source scaler kept"),
    "finetune_last": _entry("finetune", "FineTuneLast", "train a new last layer on the frozen source network"),
    "finetune_weighted": _entry("finetune", "FineTune", "finetune_all, loss weighted by class size", balance="weights"),
    "finetune_balanced": _entry(
        "finetune", "FineTune", "finetune_all, rare classes drawn more", balance="oversampling"
    ),
    "scratch": _entry("finetune", "Scratch", "the same network from random weights"),
    "upsilont_recipe": _entry("finetune", "ReleasedRecipe", "the released UPSILoN-T recipe, flaws included"),
    "zero_label": _entry("simple", "ZeroLabel", "no label: source classes merged by name"),
    "mapped_head": _entry("head", "MappedHead", "merged source classes plus a regularised head"),
    "in_context": _entry(
        "in_context", "InContext", "a transformer that has learnt on simulated surveys reads the labels"
    ),
    "source_trees": _entry("simple", "SourceTrees", "extra trees on the features and the source's answer"),
    "lightgbm": _entry("simple", "Boosting", "gradient-boosted trees on the features, no transfer"),
    "auto": _entry("auto", "Auto", "mapped heads and trees, weighed by labels out of fold; the default"),
    "extra_trees": _entry("simple", "ExtraTrees", "extremely randomised trees on the features, no transfer"),
}

COMPARED = ("auto", "extra_trees", "upsilont_recipe", "zero_label")
"""What `evaluate` compares where nothing else is asked for: the default, and its three rivals."""
STRATEGIES: dict[str, str] = {name: entry.description for name, entry in ENTRIES.items()}
"""Name of every strategy, and what it does."""


def make(name: str, settings: Transfer, source: "SourceModel | Combined | None" = None, seed: int = 0) -> "Strategy":
    """Return a strategy, not fitted yet.

    Raises
    ------
    LctransferError
        If there is no strategy of that name, or it needs a source model and none was given.
    """
    check_strategy(name)
    entry = ENTRIES[name]
    return getattr(import_module(entry.module), entry.kind)(settings, source, as_seed(seed), **entry.options)


def check_strategy(name: str) -> None:
    """Refuse a name that is no strategy's.

    Raises
    ------
    LctransferError
        With the names that there are.
    """
    check_name("strategy", name, ENTRIES, ", ".join(STRATEGIES))
