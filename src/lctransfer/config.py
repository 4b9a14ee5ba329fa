"""The configuration: every key, its default, its range and its meaning. Must stay cheap to import (no torch)."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from lctransfer.errors import LctransferError, one_line
from lctransfer.validate import ADDRESS, NAME, Items, key, parse_json, validate
from lctransfer.workflow_files import FILES

T = TypeVar("T")
CONFIG_DIRECTORY = FILES / "config"
"""Where the YAML groups lie."""
REFERENCE_FOLDER = "config/reference"
"""Where published values are looked for, in the folder that a run starts in."""
LARGEST_RADIUS_ARCSEC = 3600
"""Within which stars are matched by position."""


@dataclass
class Archive:
    """Where the files come from."""

    name: str = key("simulated", "folder under data/ that keeps this archive apart from others", pattern=NAME)
    kind: str = key("simulated", "simulated, or live", choices=("simulated", "live"))
    mirror: str = key("", "base address that stands in for every host: a folder, file:// or http(s)://")
    seed: int = key(2021, "seed of the simulated archive", low=0)
    most_requests: int = key(20_000, "light curves asked for star by star, a fixed random choice; 0: all", low=0)
    strict: bool = key(
        False, "whether one collection or file that cannot be had or read is an error; else it is left out, and named"
    )
    accept_changes: list[str] = key([], "files whose upstream change is accepted by name")
    connections_per_host: int = key(4, "downloads at once from one host", low=1, high=16)
    timeout_s: float = key(60.0, "seconds without a byte before a download is tried again", low=1, high=3600)
    attempts: int = key(5, "tries per address before the next mirror", low=1, high=20)
    contact: str = key("", "mail or web address that the archives' staff see with each request", pattern=ADDRESS)


@dataclass
class Survey:
    """One survey: which module reads it, and how much of it is taken."""

    module: str = key("", "the module of lctransfer.surveys that knows its files")
    title: str = key("", "its name in figures and tables")
    stars: int = key(0, "light curves in the simulated archive", low=0, high=10_000_000)
    min_epochs: int = key(20, "light curves with fewer epochs are left out", low=0, high=100_000)
    sigma_clip: float = key(0.0, "epochs further than this many sigma from the mean are cut, once; 0 keeps all", low=0)
    max_duration_days: float = key(0.0, "longest stretch of epochs that is kept; 0 keeps all", low=0)
    stretch: str = key(
        "first", "which max_duration_days are kept: the first ones, or drawn at random", choices=("first", "random")
    )
    max_epochs: int = key(0, "so many epochs are kept at most, drawn at random; 0 keeps all", low=0, high=10_000_000)
    min_class_size: int = key(10, "classes with fewer stars are left out, and listed in the report", low=1)
    collections: list[str] = key([], "parts of the archive to take; empty: all")
    match_radius_arcsec: float = key(
        20.0, "stars this near to one of another survey are the same", low=0, high=LARGEST_RADIUS_ARCSEC
    )
    overrides: dict[str, Any] = key(
        {}, "per collection: url, mirror, columns, words that replace what is known (`lctransfer retrieve --probe`)"
    )
    table: str = key("", "light curves of your own (a file or folder, in any form), instead of an archive's files")
    class_map: str = key("", "with `table`: YAML file that ties your words to classes")
    form: str = key("", "with `table`: its form; empty: recognised by its columns")
    columns: str = key("", "with `table`: what columns mean, such as time=mjd,mag=psfmag")
    band: str = key("", "with `table`: one band, or best (most epochs); empty: a row per source and band")
    labels: str = key("", "with `table`: a file of identifiers and labels")
    labels_position: float = key(
        0.0, "with `labels`: match by position instead, arc seconds", low=0, high=LARGEST_RADIUS_ARCSEC
    )
    vocabulary: str = key("", "with `table`: whose words the labels are (vsx, gaia...); empty: detected")
    quality: bool = key(True, "with `table`: whether the form's cuts on quality flags are applied")
    bands: list[str] = key([], "pass bands to take, a row each; empty: the survey's first")
    zero_points: str = key(
        "aligned",
        "pieces of a light curve with zero points of their own (ASAS fields, OGLE phases): shifted, or as they are",
        choices=("aligned", "as_given"),
    )
    grades: str = key("AB", "ASAS: grades of epochs that are taken")
    aperture: str = key(
        "server", "ASAS: the server's choice of aperture, or by the star's brightness", choices=("server", "brightness")
    )


@dataclass
class Features:
    """How light curves become features."""

    set: str = key(
        "upsilon",
        "upsilon: the 16 of the released software; lctransfer: refined periods and the folded curve's shape; both",
        choices=("upsilon", "lctransfer", "both"),
    )
    min_period_days: float = key(0.03, "shortest period searched", low=1e-4, high=1e3)
    oversampling: float = key(3.0, "frequencies per 1/baseline", low=1, high=100)
    min_epochs: int = key(10, "light curves with fewer usable epochs are flagged", low=5, high=100_000)
    shards: int = key(1, "jobs that a survey's light curves are divided into", low=1, high=10_000)


@dataclass
class Model:
    """The network: batch normalisation, fully connected layers, ReLU."""

    hidden: list[int] = key(
        [64, 128, 256], "widths of the hidden layers", low=1, high=65_536, items=Items(1, repeats=True)
    )
    input_batch_norm_eps: float = key(64.0, "eps of the first batch normalisation (64 in the released network)", low=0)


@dataclass
class Pretrain:
    """How the source model is made."""

    source: str = key(
        "train", "train (on the sources), released, simulated (the model shipped), or a folder of pretrain's"
    )
    features: str = key(
        "upsilon", "what the network sees: a set of features.set", choices=("upsilon", "lctransfer", "both")
    )
    epochs: int = key(100, "passes over the training stars at most", low=1, high=100_000)
    patience: int = key(20, "epochs without a better validation M_c before it stops", low=1, high=100_000)
    batch_size: int = key(1024, "stars per step", low=2, high=1_000_000)
    learning_rate: float = key(0.1, "of stochastic gradient descent", low=1e-8, high=10)
    momentum: float = key(0.9, "of stochastic gradient descent", low=0, high=0.9999)
    weight_decay: float = key(0.0, "of stochastic gradient descent", low=0, high=1)
    validation_fraction: float = key(0.1, "stars that choose the epoch", low=0.01, high=0.5)
    test_fraction: float = key(0.2, "stars that only the report sees", low=0.01, high=0.5)
    balance: str = key("none", "against class imbalance", choices=("none", "weights", "oversampling"))
    seed: int = key(0, "of splits, weights and batches", low=0)
    accelerator: str = key("auto", "cpu, gpu, or auto: a GPU when there is one", choices=("auto", "cpu", "gpu"))


@dataclass
class Transfer:
    """The sweep over label fractions."""

    fractions: list[float] = key(
        [0.01, 0.02, 0.05, 0.10, 0.15, 0.20], "labelled stars / all stars", low=1e-6, high=0.9, items=Items(1)
    )
    label_counts: list[int] = key([], "numbers of labelled stars, beside the fractions", low=2, high=10_000_000)
    labels: str = key(
        "stratified",
        "how labelled stars are drawn: by class (which needs to know the truth), at random, or from the bright end",
        choices=("stratified", "random", "brightest"),
    )
    also_labels: list[str] = key(
        [], "other ways of drawing them, measured beside it", choices=("stratified", "random", "brightest")
    )
    seeds: int = key(10, "repetitions, each with its own test set", low=1, high=1000)
    test_fraction: float = key(0.5, "stars of each class that no strategy ever sees", low=0.05, high=0.95)
    strategies: list[str] = key(
        ["finetune_all", "finetune_last", "scratch", "upsilont_recipe", "extra_trees", "zero_label"],
        "what is compared",
        items=Items(1),
    )
    epochs: int = key(50, "passes of fine-tuning at most", low=1, high=100_000)
    repeats: int = key(3, "fits on other splits of the labels, of which the best is kept", low=1, high=100)
    batch_size: int = key(1024, "labelled stars per step", low=2, high=1_000_000)
    learning_rate: float = key(0.1, "of fine-tuning", low=1e-8, high=10)
    momentum: float = key(0.9, "of fine-tuning", low=0, high=0.9999)
    trees: int = key(500, "trees in extra_trees", low=1, high=100_000)
    simulated_sky: bool = key(True, "whether auto also learns from the simulated sky that comes with the package")


@dataclass
class Fit:
    """One model per target survey that is kept, with its calibration and its card."""

    enabled: bool = key(True, "whether one is kept")
    strategy: str = key("auto", "how it learns from the labels")
    fraction: float = key(
        0.0, "labelled / all stars, measured on the sweep's test stars; 0: every label, measured out of fold", low=0
    )
    folds: int = key(
        5, "parts of the labelled stars, each held out in turn to measure and to calibrate", low=2, high=100
    )
    min_class_size: int = key(2, "classes with fewer labelled stars are left out", low=2)
    class_proportions: str = key(
        "labels",
        "labels: stars are thought to have the labels' class proportions; estimated: from the unlabelled stars",
        choices=("labels", "estimated"),
    )
    licence: str = key("", "licence of the model, for its card")


@dataclass
class Classify:
    """The catalogue: a row for each star of a target survey, labelled or not."""

    enabled: bool = key(False, "whether it is made")
    level: float = key(0.9, "share of stars whose true class the conformal sets are to hold", low=0.01, high=0.999)


@dataclass
class Sensitivity:
    """Subsampled light curves: how few epochs, and how short a time, are enough."""

    enabled: bool = key(True, "whether light curves are subsampled at all")
    survey: str = key("", "target survey whose light curves are subsampled; empty: the first target")
    epochs: list[int] = key([20, 40, 80, 150, 300], "epochs drawn from each light curve", low=2, high=100_000)
    durations_days: list[float] = key(
        [30, 90, 180, 365, 1000], "days of the stretch that is kept, drawn at random", low=0.01, high=1e5
    )
    strategies: list[str] = key(["zero_label", "mapped_head", "extra_trees"], "what classifies them")
    fraction: float = key(0.10, "labelled stars / all stars", low=1e-6, high=0.9)
    seeds: int = key(3, "repetitions, each with its own test set", low=1, high=1000)
    stars: int = key(600, "stars taken at most, each class by its share", low=4, high=10_000_000)


@dataclass
class Novelty:
    """Stars unlike any labelled class: each class is left out of the labels in turn."""

    enabled: bool = key(True, "whether it is tried at all")
    strategies: list[str] = key(["auto"], "whose scores are compared")
    fraction: float = key(0.10, "labelled stars / all stars", low=1e-6, high=0.9)
    seeds: int = key(2, "repetitions, each with its own test set", low=1, high=1000)


@dataclass
class Tracking:
    """The MLflow mirror of the results."""

    uri: str = key("sqlite:///results/mlflow.db", "where MLflow keeps runs: sqlite:///... or a server's address")
    enabled: bool = key(True, "whether the results are mirrored at all")


@dataclass
class Report:
    """What people look at."""

    reference: str = key(REFERENCE_FOLDER, "file or folder of published values, which stand beside the run's own")


@dataclass
class Config:
    """Everything a run depends on."""

    experiment: str = key("demo", "name of the folder under results/", pattern=NAME)
    description: str = key("", "what this experiment is, for the report's first lines")
    sources: list[str] = key(["ogle", "eros2"], "surveys that the source model learns from")
    targets: list[str] = key(["asas", "hipparcos", "asassn"], "surveys that it is transferred to")
    archive: Archive = field(default_factory=Archive)
    surveys: dict[str, Survey] = field(default_factory=dict)
    features: Features = field(default_factory=Features)
    model: Model = field(default_factory=Model)
    pretrain: Pretrain = field(default_factory=Pretrain)
    transfer: Transfer = field(default_factory=Transfer)
    fit: Fit = field(default_factory=Fit)
    classify: Classify = field(default_factory=Classify)
    sensitivity: Sensitivity = field(default_factory=Sensitivity)
    novelty: Novelty = field(default_factory=Novelty)
    tracking: Tracking = field(default_factory=Tracking)
    report: Report = field(default_factory=Report)


def check(section: Any, prefix: str = "") -> None:
    """Refuse values of a wrong type or out of range, anywhere in a section.

    Raises
    ------
    LctransferError
        Naming the key, the value and what is allowed.
    """
    validate(type(section), vars(section), prefix)


def to_json(section: Any) -> str:
    """Return a section, or a dict of sections, as the one canonical line that is both job input and rerun key."""
    return json.dumps(section, default=asdict, sort_keys=True, separators=(",", ":"))


def from_json(kind: type[T], text: str) -> T:
    """Return a section from the line that `to_json` made, checked again since a person may have typed it.

    Raises
    ------
    LctransferError
        If the text is no JSON object, holds an unknown key, or a value of another kind or out of range.
    """
    name = kind.__name__.lower()
    try:
        values = parse_json(text, finite=False)  # `validate` names the key of a NaN
    except ValueError as error:
        first, value = next(iter(vars(kind()).items()))
        raise LctransferError(
            f"Settings of {name} are not valid JSON ({one_line(error)}). Write them as in '{to_json({first: value})}'."
        ) from None
    if not isinstance(values, dict):
        raise LctransferError(f"Settings of {name} must be a JSON object such as {{}}, but are {text[:100]}.")
    validate(kind, values, f"{name}.")
    return kind(**values)
