"""Verbs that learn: the source model, transfer to a survey, and how well it does."""

import re
import sys
from pathlib import Path

from lctransfer import config
from lctransfer.cli import arguments as typed
from lctransfer.cli.arguments import Arguments, option, output, settings, verb
from lctransfer.cli.own import OWN_TABLE, TABLE_HELP, reading_of
from lctransfer.errors import LctransferError
from lctransfer.transfer.registry import COMPARED, STRATEGIES

SOURCE = option("--source", type=Path, required=True, help="folder of the source model")
MIN_CLASS_SIZE = option(
    "--min-class-size", type=typed.positive, default=10, help="leave out smaller classes (default %(default)s)"
)
TARGET = (
    option("features", type=Path, help="feature table of the target survey, with class_name"),
    SOURCE,
    option("--survey", required=True, help="the survey's name in the results"),
    MIN_CLASS_SIZE,
)
"""What a stage asks for that learns on features of one target survey."""


@verb(
    option("features", type=Path, nargs="*", help="feature tables of the source surveys"),
    option("--take", type=Path, metavar="MODEL", help="released state_dict.pt, or a folder of pretrain's: no training"),
    option(
        "--simulated", type=typed.positive, metavar="STARS", help="train on that many simulated stars instead of tables"
    ),
    option(
        "--in-context",
        type=typed.positive,
        metavar="SURVEYS",
        help="train the in-context network of `auto` on that many simulated surveys",
    ),
    settings(config.Model, "--model"),
    settings(config.Pretrain),
    option("--feature-set", default="upsilon", help="which features the network sees (default %(default)s)"),
    option(
        "--threads", type=typed.positive, default=1, help="of simulated stars: cores for features (default %(default)s)"
    ),
    output("folder of the source model"),
)
def pretrain(arguments: Arguments) -> None:
    """Train the source model, or take one that exists."""
    from lctransfer.stages import pretrain

    ways = (arguments.features, arguments.take, arguments.simulated, arguments.in_context)
    if sum(map(bool, ways)) != 1:
        raise LctransferError(
            "pretrain learns from one thing: name feature tables, or --take MODEL, --simulated STARS or --in-context "
            f"SURVEYS ({sum(map(bool, ways)) or 'none'} of them given)."
        )
    if arguments.take:
        pretrain.take(arguments.take, arguments.output)
        return
    if arguments.in_context:
        from lctransfer.stages.pretrain_in_context import in_context_network

        in_context_network(arguments.in_context, arguments.output, threads=arguments.threads)
        return
    model = config.from_json(config.Model, arguments.model)
    chosen = config.from_json(config.Pretrain, arguments.settings)
    if arguments.simulated:
        from lctransfer.stages.pretrain_simulated import simulated_source

        threads, features = arguments.threads, arguments.feature_set
        simulated_source(arguments.simulated, arguments.output, model, chosen, features, threads=threads)
        return
    from lctransfer.tracking.live import watched

    with watched(arguments.output) as on_epoch:
        pretrain.pretrain(arguments.features, arguments.output, model, chosen, arguments.feature_set, on_epoch=on_epoch)


@verb(
    *TARGET,
    option("--strategy", required=True, help=f"how to learn from the labels: {', '.join(STRATEGIES)}"),
    settings(config.Transfer),
    output("folder for metrics and predictions"),
)
def transfer(arguments: Arguments) -> None:
    """Classify one target survey with one strategy at every label fraction of the settings."""
    from lctransfer.transfer.sweep import load_target, sweep

    chosen = config.from_json(config.Transfer, arguments.settings)
    target = load_target(arguments.features, arguments.source, arguments.survey, arguments.min_class_size)
    sweep(target, arguments.output, arguments.strategy, chosen)


@verb(
    option("table", type=Path, help="light-curve table of the target survey, with class_name"),
    SOURCE,
    settings(config.Sensitivity),
    settings(config.Transfer, "--transfer"),
    settings(config.Features, "--features"),
    MIN_CLASS_SIZE,
    output("Parquet with a row per subsampling, strategy and seed"),
)
def sensitivity(arguments: Arguments) -> None:
    """Subsample a target survey's light curves, and measure how few epochs or days are enough."""
    from lctransfer.stages.sensitivity import sensitivity

    sensitivity(
        arguments.table,
        arguments.source,
        arguments.output,
        settings=config.from_json(config.Sensitivity, arguments.settings),
        transfer=config.from_json(config.Transfer, arguments.transfer),
        features=config.from_json(config.Features, arguments.features),
        min_class_size=arguments.min_class_size,
    )


@verb(
    *TARGET,
    settings(config.Novelty),
    settings(config.Transfer, "--transfer"),
    output("Parquet with a row per class left out, strategy and seed"),
)
def novelty(arguments: Arguments) -> None:
    """Leave each class out of the labels in turn, and measure how well its stars stand out."""
    from lctransfer.stages.novelty import novelty
    from lctransfer.transfer.sweep import load_target

    chosen = config.from_json(config.Novelty, arguments.settings)
    transfer = config.from_json(config.Transfer, arguments.transfer)
    target = load_target(arguments.features, arguments.source, arguments.survey, arguments.min_class_size)
    novelty(target, arguments.output, chosen, transfer)


@verb(
    option("table", type=Path, help=TABLE_HELP),
    output("folder for metrics, predictions and features (Parquet), and summary.txt"),
    option(
        "--class-map", type=Path, help="YAML: your labels to classes or superclasses of the taxonomy; null leaves out"
    ),
    option(
        "--source", nargs="+", default=["released"], help="released, or folders of source models (default released)"
    ),
    option("--strategies", type=typed.names, default=list(COMPARED), help=f"a,b,c (default {','.join(COMPARED)})"),
    option(
        "--fractions",
        type=typed.fractions,
        help="labelled / all stars: 0.01,0.1 (default 0.01,0.02,0.05,0.1,0.2, unless there are --label-counts)",
    ),
    option("--label-counts", type=typed.counts, default=[], help="numbers of labelled stars: 20,100,500"),
    option(
        "--draw",
        type=typed.names,
        default=["stratified"],
        help="how labelled stars are drawn, a,b,c: stratified (of every class; default), random, brightest",
    ),
    option("--seeds", type=typed.seeds, default=list(range(10)), help="repetitions: 0-9 (default)"),
    option("--jobs", type=typed.positive, default=1, help="processes (default %(default)s)"),
    MIN_CLASS_SIZE,
    *OWN_TABLE,
)
def evaluate(arguments: Arguments) -> None:
    """Measure strategies on your own labelled light curves, at several label fractions."""
    from lctransfer.stages.evaluate import Comparison, evaluate
    from lctransfer.table.class_map import read_class_map

    label_counts = arguments.label_counts
    if re.fullmatch(r"\s*\d+(\s*,\s*\d+)*\s*", arguments.labels) and not Path(arguments.labels).exists():
        # Numbers are no file of labels.
        label_counts, arguments.labels = [*label_counts, *typed.counts(arguments.labels)], ""
    comparison = Comparison(
        arguments.source,
        arguments.strategies,
        fractions=arguments.fractions or ([] if label_counts else Comparison.fractions),
        label_counts=label_counts,
        draws=arguments.draw,
        seeds=arguments.seeds,
        min_class_size=arguments.min_class_size,
    )
    class_map, reading = read_class_map(arguments.class_map), reading_of(arguments)
    evaluate(arguments.table, arguments.output, class_map, comparison, jobs=arguments.jobs, reading=reading)
    sys.stdout.write((arguments.output / "summary.txt").read_text(encoding="utf-8"))
