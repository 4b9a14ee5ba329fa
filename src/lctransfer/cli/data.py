"""Verbs from archives and tables to features."""

import sys
from pathlib import Path
from typing import Any

from lctransfer import config
from lctransfer.cli import arguments as typed
from lctransfer.cli.arguments import Arguments, option, output, settings, verb
from lctransfer.cli.compose import compose
from lctransfer.cli.own import OWN_TABLE, TABLE_HELP, reading_of, say
from lctransfer.errors import LctransferError

LIVE = '{"kind": "live", "name": "live"}'
PAPERS_SURVEYS = ("ogle", "eros2", "asas", "hipparcos", "asassn")


@verb(
    option("survey", help="ogle, eros2, asas, hipparcos or asassn; or randomised: surveys drawn at random"),
    option("--stars", "--n", type=typed.positive, required=True, help="number of light curves"),
    option(
        "--seed",
        type=typed.whole,
        default=config.Archive().seed,
        help="the same seed gives the same bits (default %(default)s)",
    ),
    option("--check", type=Path, metavar="REAL", help="lay them beside real light curves (Parquet with label) instead"),
    option("--class-map", type=Path, help="with --check, YAML: words of label to classes (default: the survey's own)"),
    output("folder that stands in for the survey's host; for randomised, a light-curve table; with --check, a page"),
)
def simulate(arguments: Arguments) -> None:
    """Write a simulated archive in a survey's own native files, or how real it is."""
    from lctransfer.simulate import simulate

    table = simulate(arguments.survey, arguments.stars, arguments.seed)
    if arguments.check:
        from lctransfer.report.beside import beside
        from lctransfer.table.class_map import read_class_map

        words = read_class_map(arguments.class_map) if arguments.class_map else None
        found = beside(arguments.check, table, arguments.output, survey=arguments.survey, class_map=words)
        sys.stdout.write(found.classes.to_string(index=False, float_format="%.3f") + "\n")
    elif arguments.survey == "randomised":
        from lctransfer.table import light_curves

        light_curves.write(arguments.output, table)
    else:
        from lctransfer.surveys import write_archive

        write_archive(arguments.survey, table, arguments.output)


@verb(
    option("survey", nargs="?", help="a survey, or upsilont for the released weights"),
    settings(config.Archive, default=LIVE),
    option(
        "--collections", type=typed.texts, default=[], metavar="JSON", help="list of the parts to take; all by default"
    ),
    option(
        "--overrides",
        type=typed.section,
        default={},
        metavar="JSON",
        help="corrections per collection: url, mirror; with --probe, of each survey",
    ),
    option("--directory", type=Path, help="folder for the files (default data/live/raw/<survey>)"),
    output("manifest (JSON), written once all files are there (default: beside the folder)", required=False),
    option(
        "--probe",
        nargs="*",
        metavar="SURVEY",
        help="fetch nothing, but ask each address for its first kilobytes, run the reader on them, and say what is "
        "alive, moved or changed, and what to do (default: the paper's five surveys); with -o, also as JSON; Hydra "
        "overrides such as archive.mirror=... or surveys.asas.overrides=... may stand beside the names",
    ),
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
    if arguments.list is not None:
        from lctransfer.retrieve.listing import listing

        sys.stdout.write(listing(compose(arguments.list or ["experiment=paper"])))
        return
    if arguments.probe is not None:
        _probe(arguments)
        return
    if not arguments.survey:
        raise LctransferError("Name a survey to retrieve, or --list what there is.")
    from lctransfer.retrieve import retrieve

    directory = arguments.directory or Path("data/live/raw") / arguments.survey
    manifest = arguments.output or directory.with_suffix(".json")
    archive = config.from_json(config.Archive, arguments.settings)
    retrieve(arguments.survey, archive, arguments.collections, directory, manifest, arguments.overrides)


def _probe(arguments: Arguments) -> None:
    from lctransfer.files import write_text
    from lctransfer.retrieve.answers import user_agent
    from lctransfer.retrieve.findings import as_json, table
    from lctransfer.retrieve.probe import probe

    archive, surveys = _to_probe(arguments)
    sys.stderr.write(f"asked as: {user_agent(archive.contact)}\n")
    if not archive.contact:
        sys.stderr.write("archive.contact=you@example.org says to an archive's staff whom to write to\n")
    findings = []
    for survey, (collections, overrides) in surveys.items():
        lock = Path("data") / archive.name / "raw" / f"{survey}.lock.jsonl"
        sys.stderr.write(f"{survey}: asking, one address after another\n")
        findings += probe(survey, archive, collections, overrides, lock)
    sys.stdout.write(table(findings))
    if arguments.output:
        write_text(arguments.output, as_json(findings))


def _to_probe(arguments: Arguments) -> tuple[config.Archive, dict[str, tuple[list[str], dict[str, Any]]]]:
    """Return the archive, and of each survey to be probed its collections and corrections."""
    from lctransfer.surveys import remote_files

    names = [one for one in arguments.probe if "=" not in one]
    given = [one for one in arguments.probe if "=" in one]
    archive, known = config.from_json(config.Archive, arguments.settings), config.Config().surveys
    if given:
        if arguments.settings != LIVE:
            raise LctransferError(f"Give --settings, or overrides such as {given[0]}, but not both.")
        named = any(one.startswith("experiment=") for one in given)
        composed = compose(given if named else ["experiment=paper", *given])
        archive, known = composed.archive, composed.surveys
        names = names or [name for name in (*composed.sources, *composed.targets) if not known[name].table]
    surveys = {}
    for name in names or PAPERS_SURVEYS:
        own = known.get(name, config.Survey())
        surveys[name] = (arguments.collections or own.collections, arguments.overrides.get(name, own.overrides))
        remote_files(name, surveys[name][0], "live")  # a mistyped name is said before anything is asked
    return archive, surveys


@verb(
    option("survey", help="which survey's files these are"),
    settings(config.Survey),
    option("--directory", type=Path, help="folder that retrieve filled; not needed with a table of your own"),
    option(
        "--not-in", type=Path, nargs="*", default=[], metavar="TABLE", help="leave out stars that are in these tables"
    ),
    option("--strict", action="store_true", help="stop at the first collection or file that cannot be read"),
    output("light-curve table (Parquet); the counts go into a JSON file beside it"),
)
def ingest(arguments: Arguments) -> None:
    """Read a survey's native files, or a table of your own, into one light-curve table."""
    survey = config.from_json(config.Survey, arguments.settings)
    if survey.table:
        from lctransfer.stages.ingest_table import ingest_table

        say(ingest_table(arguments.survey, survey, arguments.output, not_in=arguments.not_in))
        return
    if not arguments.directory:
        raise LctransferError("Name the --directory that retrieve filled, or a table of your own in the settings.")
    from lctransfer.stages.ingest import ingest_file

    strict = {"not_in": arguments.not_in, "strict": arguments.strict}
    ingest_file(arguments.survey, arguments.directory, survey, arguments.output, **strict)


@verb(
    option("table", type=Path, help=f"{TABLE_HELP}; further columns with a value per row are kept"),
    output("Parquet with one row per light curve"),
    settings(config.Features),
    option("--threads", type=typed.positive, default=typed.cores(), help="cores to use (default: all, %(default)s)"),
    option("--shard", type=typed.shard, default=(1, 1), metavar="I/N", help="only the I-th of N parts of the rows"),
    *OWN_TABLE,
)
def features(arguments: Arguments) -> None:
    """Extract the features of every light curve of a table."""
    from lctransfer.features import extract_file
    from lctransfer.table.canonical import canonical

    chosen = config.from_json(config.Features, arguments.settings)
    with canonical(arguments.table, reading_of(arguments)) as (table, account):
        say(account)
        threads, shard = arguments.threads, arguments.shard
        extract_file(
            table,
            arguments.output,
            chosen,
            threads=threads,
            shard=shard,
            metadata=account.metadata if account else None,
        )


@verb(
    option("tables", type=Path, nargs="+", help="tables with the same columns"),
    output("the joined table"),
)
def join(arguments: Arguments) -> None:
    """Write the rows of several Parquet tables as one."""
    from lctransfer.parquet import join_parquet

    join_parquet(arguments.tables, arguments.output)
