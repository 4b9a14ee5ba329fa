"""Verbs from labels to a catalogue: fit a model, read its card, classify a survey, choose what to label next."""

import sys
from pathlib import Path

from lctransfer import config
from lctransfer.cli import arguments as typed
from lctransfer.cli.arguments import Arguments, option, output, settings, verb
from lctransfer.cli.own import FORM_OPTIONS, LABELS_POSITION, TABLE_HELP, VOCABULARY, reading_of, say
from lctransfer.errors import LctransferError
from lctransfer.transfer.registry import STRATEGIES

THREADS = option("--threads", type=typed.positive, default=typed.cores(), help="cores (default: all, %(default)s)")
TABLE = f"{TABLE_HELP}; or what `lctransfer features` wrote"


@verb(
    option("table", type=Path, help=f"stars, labelled or not. {TABLE}"),
    option(
        "--labels",
        type=Path,
        help="table of identifiers and labels, in any format a table may have; default: in the table",
    ),
    LABELS_POSITION,
    option("--label-column", default="label", metavar="NAME", help="column of the labels (default %(default)s)"),
    option(
        "--class-map", type=Path, help="YAML: your labels to classes or superclasses of the taxonomy; null leaves out"
    ),
    option(
        "--source",
        default="released",
        help="what to transfer from: released, simulated, a folder that pretrain wrote, several joined by +, or none "
        "(default %(default)s)",
    ),
    option(
        "--strategy",
        default=config.Fit().strategy,
        help=f"how to learn from the labels: {', '.join(STRATEGIES)} (default %(default)s)",
    ),
    option(
        "--fraction",
        type=float,
        default=0.0,
        help="learn from this share of the stars only, and measure on the test stars of the sweep (default: learn from "
        "every label, and measure by cross-validation)",
    ),
    option(
        "--folds", type=typed.positive, default=config.Fit().folds, help="of the cross-validation (default %(default)s)"
    ),
    option("--min-class-size", type=typed.positive, default=2, help="leave out smaller classes (default %(default)s)"),
    option(
        "--class-proportions",
        default="labels",
        choices=("labels", "estimated"),
        help="estimated: correct for a survey whose class proportions differ from the labels', by its unlabelled stars "
        "(default %(default)s)",
    ),
    option("--licence", default="", help="licence of the model, for its card"),
    settings(config.Transfer),
    settings(config.Features, "--features", '{"set": "both"}'),
    THREADS,
    *FORM_OPTIONS,
    VOCABULARY,
    output("folder of the model: what classify, card and TransferClassifier.load read"),
)
def fit(arguments: Arguments) -> None:
    """Fit a model to a survey's labels and keep it, with its expected quality on a model card."""
    from lctransfer.classifier.card import render
    from lctransfer.classifier.training import Labels
    from lctransfer.stages.fit import FitOptions, fit
    from lctransfer.table.canonical import canonical
    from lctransfer.table.class_map import read_class_map

    chosen = config.Fit(
        strategy=arguments.strategy,
        fraction=arguments.fraction,
        folds=arguments.folds,
        min_class_size=arguments.min_class_size,
        class_proportions=arguments.class_proportions,
        licence=arguments.licence,
    )
    config.check(chosen, "fit.")
    transfer = config.from_json(config.Transfer, arguments.settings)
    features = config.from_json(config.Features, arguments.features)
    class_map = read_class_map(arguments.class_map)
    with canonical(arguments.table, reading_of(arguments)) as (table, account):
        say(account)
        model = fit(
            table,
            arguments.output,
            arguments.source,
            Labels(
                arguments.labels,
                arguments.label_column,
                class_map,
                arguments.vocabulary,
                arguments.labels_position,
            ),
            FitOptions(chosen, transfer, features, arguments.threads, arguments.table.name),
        )
    sys.stdout.write(render(model.card))


@verb(option("model", type=Path, help="folder that `lctransfer fit` wrote"))
def card(arguments: Arguments) -> None:
    """Show what a model knows, what it is worth, and where it may be used."""
    from lctransfer.classifier.card import render
    from lctransfer.classifier.model import open_model

    sys.stdout.write(render(open_model(arguments.model).card))


@verb(
    option(
        "inputs",
        nargs="+",
        metavar="MODEL TABLE",
        help=f"folder that `lctransfer fit` wrote, and the stars; only the stars with --source. {TABLE}; or hats://... "
        "for a HATS catalogue, which LSDB (pip install 'lctransfer[lsdb]') classifies partition by partition",
    ),
    option("--source", help="instead of a model, where there is no label: simulated, or a folder that pretrain wrote"),
    option(
        "--level",
        type=float,
        default=config.Classify().level,
        help="share of stars whose true class the conformal sets are to hold (default %(default)s)",
    ),
    option("--shard", type=typed.shard, default=(1, 1), metavar="I/N", help="only the I-th of N parts of the rows"),
    option("--scheduler", default="", metavar="ADDRESS", help="of hats://... on a Dask cluster: tcp://node:8786"),
    option("--restart", action="store_true", help="begin anew where an interrupted run left parts"),
    option("--skip-unreadable", action="store_true", help="flag the rows of a part that cannot be read, and go on"),
    THREADS,
    *FORM_OPTIONS,
    output("catalogue: .parquet, .csv, .ecsv, .fits, .vot, or a name without an ending for a folder of Parquet parts"),
)
def classify(arguments: Arguments) -> None:
    """Classify every source of a table: a row for each, in the same order; a killed run goes on where it was."""
    from lctransfer.classifier.hats import HatsRun, classify_hats, is_hats
    from lctransfer.stages.classify import Execution, check_target, classify
    from lctransfer.table.canonical import canonical

    given = arguments.inputs
    if len(given) != (1 if arguments.source else 2):
        raise LctransferError("Name a model and a table of stars: lctransfer classify MODEL TABLE -o OUT.")
    chosen = config.Classify(level=arguments.level)
    config.check(chosen, "classify.")
    if is_hats(given[-1]):
        how = HatsRun(
            chosen.level, arguments.threads, arguments.scheduler, arguments.restart, arguments.skip_unreadable
        )
        classify_hats(arguments.source or given[0], given[-1], arguments.output, how)
        return
    check_target(arguments.output, Path(given[-1]), arguments.source or given[0])
    with canonical(Path(given[-1]), reading_of(arguments)) as (table, account):
        say(account)
        classify(
            arguments.source or given[0],
            table,
            arguments.output,
            chosen,
            Execution(arguments.threads, arguments.shard, arguments.restart, arguments.skip_unreadable),
        )


@verb(
    option("model", help="folder that `lctransfer fit` wrote; or simulated, where there is no label yet"),
    option("table", type=Path, help=f"stars, labelled or not. {TABLE}"),
    option("-n", "--number", type=typed.positive, default=20, help="how many stars (default %(default)s)"),
    option("--labels", type=Path, help="table of the labels that there are; default: in the table"),
    LABELS_POSITION,
    option("--label-column", default="label", metavar="NAME", help="column of the labels (default %(default)s)"),
    THREADS,
    *FORM_OPTIONS,
    output("CSV file with an empty column label to fill in", required=False),
)
def suggest(arguments: Arguments) -> None:
    """Say which stars to label next: those that the model is least sure of, unlike one another."""
    from lctransfer.classifier.training import Labels
    from lctransfer.stages.suggest import suggest
    from lctransfer.table.canonical import canonical

    if arguments.output and arguments.output.exists() and arguments.output.samefile(arguments.table):
        raise LctransferError(f"{arguments.output} is the table itself: choose another name.")
    with canonical(arguments.table, reading_of(arguments)) as (table, account):
        say(account)
        found = suggest(
            arguments.model,
            table,
            arguments.number,
            arguments.output,
            labels=Labels(arguments.labels, arguments.label_column, radius_arcsec=arguments.labels_position),
            threads=arguments.threads,
        )
    # Four digits would point a telescope at another star.
    places = {name: "{:.5f}".format for name in ("ra_deg", "dec_deg") if name in found}
    sys.stdout.write(found.to_string(index=False, float_format="%.4g", formatters=places) + "\n")
