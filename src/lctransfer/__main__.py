"""The verbs: `python -m lctransfer VERB`. Each is a thin shell over one public function."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lctransfer import arguments as typed
from lctransfer import config
from lctransfer.arguments import Option, option, output, settings
from lctransfer.errors import LctransferError
from lctransfer.transfer.registry import COMPARED, STRATEGIES

Arguments = argparse.Namespace


VERBS: dict[str, tuple[Callable[[Arguments], None], tuple[Option, ...]]] = {}


def verb(*options: Option) -> Callable[[Callable[[Arguments], None]], Callable[[Arguments], None]]:
    """Register a function as the verb of its name; its docstring is the help."""

    def register(function: Callable[[Arguments], None]) -> Callable[[Arguments], None]:
        VERBS[function.__name__.strip("_")] = (function, options)
        return function

    return register


@verb(option("overrides", nargs="*", help="Hydra overrides, such as experiment=quickstart transfer.seeds=5"))
def config_(arguments: Arguments) -> None:
    """Print the configuration in force."""
    from omegaconf import OmegaConf

    sys.stdout.write(OmegaConf.to_yaml(OmegaConf.structured(config.compose(arguments.overrides))))


@verb(
    option("survey", help="ogle, eros2, asas, hipparcos or asassn; or varied: surveys that never were, to pretrain on"),
    option("--stars", "--n", type=int, required=True, help="number of light curves"),
    option(
        "--seed",
        type=int,
        default=config.Archive().seed,
        help="the same seed gives the same bits (default %(default)s)",
    ),
    option("--check", type=Path, metavar="REAL", help="lay them beside real light curves (Parquet with label) instead"),
    option("--class-map", type=Path, help="with --check, YAML: words of label to classes (default: the survey's own)"),
    output("folder that stands in for the survey's host; of varied, a light-curve table; with --check, of the page"),
)
def simulate(arguments: Arguments) -> None:
    """Write a simulated archive in a survey's own native files, or how real it is."""
    from lctransfer import lightcurves
    from lctransfer.simulate import simulate
    from lctransfer.surveys import write_archive

    table = simulate(arguments.survey, arguments.stars, arguments.seed)
    if arguments.check:
        from lctransfer.report.beside import beside
        from lctransfer.surveys.own import read_class_map

        words = read_class_map(arguments.class_map) if arguments.class_map else None
        found = beside(arguments.check, table, arguments.output, survey=arguments.survey, class_map=words)
        sys.stdout.write(found.classes.to_string(index=False, float_format="%.3f") + "\n")
    elif arguments.survey == "varied":
        lightcurves.write(arguments.output, table)
    else:
        write_archive(arguments.survey, table, arguments.output)


@verb(
    option("survey", nargs="?", help="a survey, or upsilont for the released weights"),
    settings(config.Archive, default='{"kind": "live", "name": "live"}'),
    option("--collections", default="[]", metavar="JSON", help="list of the parts to take; all by default"),
    option("--directory", type=Path, help="folder for the files (default data/live/raw/<survey>)"),
    output("manifest (JSON), written once all files are there (default: beside the folder)", required=False),
    option(
        "--list",
        nargs="*",
        metavar="OVERRIDE",
        help="fetch nothing, but list the files, sizes, licences and references of a configuration, and what has to be "
        "fetched by hand; Hydra overrides (default experiment=paper)",
    ),
)
def retrieve(arguments: Arguments) -> None:
    """Download a survey's files: resumed, verified, with provenance."""
    from lctransfer.retrieve import retrieve
    from lctransfer.retrieve.listing import listing

    if arguments.list is not None:
        sys.stdout.write(listing(config.compose(arguments.list or ["experiment=paper"])))
        return
    if not arguments.survey:
        raise LctransferError("Name a survey to retrieve, or --list what there is.")
    directory = arguments.directory or Path("data/live/raw") / arguments.survey
    manifest = arguments.output or directory.with_suffix(".json")
    archive = config.from_json(config.Archive, arguments.settings)
    retrieve(arguments.survey, archive, json.loads(arguments.collections), directory, manifest)


@verb(
    option("survey", help="which survey's files these are"),
    settings(config.Survey),
    option("--directory", type=Path, help="folder that retrieve filled; not needed with a table of your own"),
    option(
        "--not-in", type=Path, nargs="*", default=[], metavar="TABLE", help="leave out stars that are in these tables"
    ),
    output("light-curve table (Parquet); the counts go into a JSON file beside it"),
)
def ingest(arguments: Arguments) -> None:
    """Read a survey's native files, or a table of your own, into one light-curve table."""
    from lctransfer.surveys import ingest_file
    from lctransfer.surveys.own import ingest_table

    survey = config.from_json(config.Survey, arguments.settings)
    if survey.table:
        ingest_table(arguments.survey, survey, arguments.output, not_in=arguments.not_in)
        return
    if not arguments.directory:
        raise LctransferError("Name the --directory that retrieve filled, or a table of your own in the settings.")
    ingest_file(arguments.survey, arguments.directory, survey, arguments.output, not_in=arguments.not_in)


@verb(
    option(
        "table",
        type=Path,
        help="Parquet: source_id, per row the lists time [d], mag, mag_err; other columns are kept",
    ),
    output("Parquet with one row per light curve"),
    settings(config.Features),
    option("--threads", type=int, default=typed.cores(), help="cores to use (default: all, %(default)s)"),
    option("--shard", type=typed.shard, default=(1, 1), metavar="I/N", help="only the I-th of N parts of the rows"),
)
def features(arguments: Arguments) -> None:
    """Extract the features of every light curve of a table."""
    from lctransfer.features import extract_file

    chosen = config.from_json(config.Features, arguments.settings)
    extract_file(arguments.table, arguments.output, chosen, threads=arguments.threads, shard=arguments.shard)


@verb(
    option("features", type=Path, nargs="*", help="feature tables of the source surveys"),
    option("--take", type=Path, metavar="MODEL", help="released state_dict.pt, or a folder of pretrain's: no training"),
    option("--simulated", type=int, metavar="STARS", help="train on that many simulated stars instead of tables"),
    settings(config.Model, "--model"),
    settings(config.Pretrain),
    option("--feature-set", default="upsilon", help="which features the network sees (default %(default)s)"),
    option("--threads", type=int, default=1, help="with --simulated: cores for features (default %(default)s)"),
    output("folder of the source model"),
)
def pretrain(arguments: Arguments) -> None:
    """Train the source model, or take one that exists."""
    from lctransfer import pretrain
    from lctransfer.tracking import live

    if arguments.take:
        pretrain.take(arguments.take, arguments.output)
        return
    model = config.from_json(config.Model, arguments.model)
    chosen = config.from_json(config.Pretrain, arguments.settings)
    if arguments.simulated:
        from lctransfer.sky_source import simulated_source

        threads, features = arguments.threads, arguments.feature_set
        simulated_source(arguments.simulated, arguments.output, model, chosen, features, threads=threads)
        return
    with live.watched(arguments.output) as on_epoch:
        pretrain.pretrain(arguments.features, arguments.output, model, chosen, arguments.feature_set, on_epoch=on_epoch)


@verb(
    option("features", type=Path, help="feature table of the target survey, with class_name"),
    option("--source", type=Path, required=True, help="folder of the source model"),
    option("--survey", required=True, help="the survey's name in the results"),
    option("--strategy", required=True, help=f"how to learn from the labels: {', '.join(STRATEGIES)}"),
    settings(config.Transfer),
    option("--min-class-size", type=int, default=10, help="leave out smaller classes (default %(default)s)"),
    output("folder for metrics and predictions"),
)
def transfer(arguments: Arguments) -> None:
    """Classify one target survey with one strategy at every label fraction of the settings."""
    from lctransfer import transfer

    chosen = config.from_json(config.Transfer, arguments.settings)
    for fraction in chosen.fractions:
        transfer.run(
            arguments.features,
            arguments.source,
            arguments.output / f"fraction-{fraction:.4f}",
            survey=arguments.survey,
            strategy=arguments.strategy,
            fraction=fraction,
            settings=chosen,
            min_class_size=arguments.min_class_size,
        )


@verb(
    option("features", type=Path, help="feature table of a survey, with class_name for some stars"),
    option("--source", type=Path, required=True, help="folder of the source model"),
    option(
        "--strategy",
        default=config.Fit().strategy,
        help=f"how to learn from the labels: {', '.join(STRATEGIES)} (default %(default)s)",
    ),
    option("--fraction", type=float, default=0.2, help="labelled / all stars (default %(default)s)"),
    settings(config.Transfer),
    option("--min-class-size", type=int, default=10, help="leave out smaller classes (default %(default)s)"),
    output("folder of the classifier, which TransferClassifier.load reads"),
)
def fit(arguments: Arguments) -> None:
    """Fit one strategy to a survey's labels and keep the classifier, with its measures on test stars."""
    from lctransfer.fit import fit

    fit(
        arguments.features,
        arguments.source,
        arguments.output,
        strategy=arguments.strategy,
        fraction=arguments.fraction,
        settings=config.from_json(config.Transfer, arguments.settings),
        min_class_size=arguments.min_class_size,
    )


@verb(
    option("table", type=Path, help="light-curve table of the target survey, with class_name"),
    option("--source", type=Path, required=True, help="folder of the source model"),
    settings(config.Sensitivity),
    settings(config.Transfer, "--transfer"),
    settings(config.Features, "--features"),
    option("--min-class-size", type=int, default=10, help="leave out smaller classes (default %(default)s)"),
    output("Parquet with a row per way of thinning, strategy and seed"),
)
def sensitivity(arguments: Arguments) -> None:
    """Thin a target survey's light curves, and measure how few epochs or days will do."""
    from lctransfer.sensitivity import sensitivity

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
    option("features", type=Path, help="feature table of the target survey, with class_name"),
    option("--source", type=Path, required=True, help="folder of the source model"),
    option("--survey", required=True, help="the survey's name in the results"),
    settings(config.Unlike),
    settings(config.Transfer, "--transfer"),
    option("--min-class-size", type=int, default=10, help="leave out smaller classes (default %(default)s)"),
    output("Parquet with a row per class left out, strategy and seed"),
)
def unlike(arguments: Arguments) -> None:
    """Leave each class out of the labels in turn, and measure how well its stars stand out."""
    from lctransfer.unlike import unlike

    unlike(
        arguments.features,
        arguments.source,
        arguments.output,
        survey=arguments.survey,
        settings=config.from_json(config.Unlike, arguments.settings),
        transfer=config.from_json(config.Transfer, arguments.transfer),
        min_class_size=arguments.min_class_size,
    )


@verb(
    option("table", type=Path, help="light curves (Parquet): source_id, label, and the lists time [d], mag, mag_err"),
    output("folder for metrics, predictions and features (Parquet), and summary.txt"),
    option(
        "--class-map", type=Path, help="YAML: your words to classes or superclasses of the taxonomy; null leaves out"
    ),
    option(
        "--source", nargs="+", default=["released"], help="released, or folders of source models (default released)"
    ),
    option("--strategies", type=typed.names, default=list(COMPARED), help=f"a,b,c (default {','.join(COMPARED)})"),
    option(
        "--fractions", type=typed.fractions, default=[0.01, 0.02, 0.05, 0.1, 0.2], help="labelled / all stars: 0.01,0.1"
    ),
    option("--seeds", type=typed.seeds, default=list(range(10)), help="repetitions: 0-9 (default)"),
    option("--jobs", type=typed.positive, default=1, help="processes (default %(default)s)"),
    option("--min-class-size", type=int, default=10, help="leave out smaller classes (default %(default)s)"),
)
def evaluate(arguments: Arguments) -> None:
    """Measure strategies on your own labelled light curves, at several label fractions."""
    from lctransfer.surveys.own import read_class_map
    from lctransfer.transfer import evaluate

    evaluate(
        arguments.table,
        arguments.output,
        read_class_map(arguments.class_map),
        arguments.source,
        arguments.strategies,
        fractions=arguments.fractions,
        seeds=arguments.seeds,
        jobs=arguments.jobs,
        min_class_size=arguments.min_class_size,
    )
    sys.stdout.write((arguments.output / "summary.txt").read_text(encoding="utf-8"))


@verb(
    option("tables", type=Path, nargs="+", help="tables with the same columns"),
    output("the joined table"),
)
def join(arguments: Arguments) -> None:
    """Write the rows of several Parquet tables as one."""
    from lctransfer.files import join_parquet

    join_parquet(arguments.tables, arguments.output)


@verb(
    option("directory", type=Path, nargs="?", help="results/<experiment>"),
    option(
        "--data", type=Path, help="data/<archive> that the results came from (default: as their configuration says)"
    ),
    option("--config", default="", metavar="JSON", help="the configuration in force, kept with the results"),
    option("--compare", type=Path, nargs="+", metavar="RESULTS", help="put these results folders side by side instead"),
    output("with --compare, the page to write (default results/compared/report.html)", required=False),
)
def report(arguments: Arguments) -> None:
    """Write the report, its figures and tables, from finished results."""
    from lctransfer import provenance, report
    from lctransfer.files import write_json

    if arguments.compare:
        report.compare(arguments.compare, arguments.output or Path("results/compared/report.html"))
        return
    if not arguments.directory:
        raise LctransferError("Name the results folder to report on, or --compare several.")
    if arguments.config:
        write_json(arguments.directory / "config.json", json.loads(arguments.config))
        write_json(arguments.directory / "provenance.json", provenance.describe())
    report.build(arguments.directory, arguments.data)


@verb(
    option("directory", type=Path, help="results/<experiment>"),
    option("--uri", default=config.Tracking().uri, help="MLflow store (default %(default)s)"),
    output("JSON file to write when done", required=False),
)
def tracking(arguments: Arguments) -> None:
    """Mirror finished results in MLflow; importing twice adds nothing."""
    from lctransfer import tracking
    from lctransfer.files import write_json

    tracking.mirror(arguments.directory, arguments.uri)
    if arguments.output:
        write_json(arguments.output, {"uri": arguments.uri})


@verb(
    option("--uri", default=config.Tracking().uri, help="MLflow store (default %(default)s)"),
    option("--port", type=int, default=5000, help="port on the loopback interface (default %(default)s)"),
    option("--experiment", help="whose curves to open (default: those that were mirrored last)"),
    option(
        "--browser",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="open a browser, where there is one and a screen; the addresses are printed anyway",
    ),
)
def ui(arguments: Arguments) -> None:
    """Open MLflow on the chart of all curves, on the loopback interface, and print the addresses."""
    from lctransfer import tracking

    tracking.serve(arguments.uri, arguments.port, arguments.experiment, browser=arguments.browser)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    top = argparse.ArgumentParser(
        prog="lctransfer",
        description="Classify the variable stars of a new survey with few labels. `snakemake --cores N` runs all the "
        "verbs in order; each also runs alone. Settings are JSON objects; keys left out take their defaults.",
        epilog="What a verb takes, and an example: lctransfer VERB --help.",
    )
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True)
    for name, (function, options) in VERBS.items():
        example = f"Example: {typed.EXAMPLES[name]}"
        added = verbs.add_parser(name, help=function.__doc__, description=function.__doc__, epilog=example)
        added.set_defaults(function=function)
        for one in options:
            added.add_argument(*one.names, **one.kinds)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line without the program's name; by default that of the process.

    Returns
    -------
    int
        0, 2 after an error that a sentence explains, or 130 after Ctrl-C.
    """
    parsed = parser().parse_args(arguments)
    try:
        parsed.function(parsed)
    except LctransferError as error:
        sys.stderr.write(f"lctransfer: {error}\n")
        return 2
    except OSError as error:  # a full disk, a folder without the right to write
        sys.stderr.write(f"lctransfer: {error.strerror or error}: {error.filename or 'no file named'}.\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("lctransfer: stopped.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
