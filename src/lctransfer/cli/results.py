"""Verbs for what people look at: the configuration, the report, MLflow."""

import argparse
import sys
from pathlib import Path

from lctransfer import config
from lctransfer.cli import arguments as typed
from lctransfer.cli.arguments import Arguments, option, output, verb
from lctransfer.cli.compose import compose
from lctransfer.errors import LctransferError


@verb(option("overrides", nargs="*", help="Hydra overrides, such as experiment=quickstart transfer.seeds=5"))
def config_(arguments: Arguments) -> None:
    """Print the configuration in force."""
    from omegaconf import OmegaConf

    sys.stdout.write(OmegaConf.to_yaml(OmegaConf.structured(compose(arguments.overrides))))


@verb(
    option("directory", type=Path, nargs="?", help="results/<experiment>"),
    option(
        "--data", type=Path, help="data/<archive> that the results came from (default: as their configuration says)"
    ),
    option("--config", type=typed.section, metavar="JSON", help="the configuration in force, kept with the results"),
    option("--compare", type=Path, nargs="+", metavar="RESULTS", help="put these results folders side by side instead"),
    output("with --compare, the page to write (default results/compared/report.html)", required=False),
)
def report(arguments: Arguments) -> None:
    """Write the report, its figures and tables, from finished results."""
    from lctransfer import provenance, report
    from lctransfer.files import write_json
    from lctransfer.secret import hide_all

    if arguments.compare:
        report.compare(arguments.compare, arguments.output or Path("results/compared/report.html"))
        return
    if not arguments.directory:
        raise LctransferError("Name the results folder to report on, or --compare several.")
    if arguments.config:
        write_json(arguments.directory / "config.json", hide_all(arguments.config))
        write_json(arguments.directory / "provenance.json", provenance.describe())
    report.build(arguments.directory, arguments.data)


@verb(
    option("directory", type=Path, help="results/<experiment>"),
    option("--uri", default=config.Tracking().uri, help="MLflow store (default %(default)s)"),
    output("JSON file to write when done", required=False),
)
def tracking(arguments: Arguments) -> None:
    """Mirror finished results in MLflow; importing twice adds nothing."""
    from lctransfer.files import write_json
    from lctransfer.secret import hide
    from lctransfer.tracking.importing import mirror

    mirror(arguments.directory, arguments.uri)
    if arguments.output:
        write_json(arguments.output, {"uri": hide(arguments.uri)})


@verb(
    option("experiment", help="demo, quickstart, custom, paper or smoke"),
    option("overrides", nargs="*", help="Hydra overrides: transfer.seeds=5 surveys.custom.table=stars.parquet"),
    option("--cores", type=typed.positive, default=typed.cores(), help="jobs at once (default: all, %(default)s)"),
    option("--dry-run", action="store_true", help="say what would run, and why, and run nothing"),
)
def run(arguments: Arguments) -> None:
    """Run an experiment from files to report in the current folder; what is there already is not made again."""
    from lctransfer.workflow.running import run as run_workflow

    overrides = [f"experiment={arguments.experiment}", *arguments.overrides]
    compose(overrides)  # a mistake is a sentence before Snakemake starts
    status = run_workflow(overrides, arguments.cores, ["--dry-run"] if arguments.dry_run else [])
    if status:
        raise LctransferError("The run did not end well; what went wrong stands above. Start it again to go on.")


@verb(
    option("--uri", default=config.Tracking().uri, help="MLflow store (default %(default)s)"),
    option("--port", type=typed.port, default=5000, help="port on the loopback interface (default %(default)s)"),
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
    from lctransfer.tracking.ui import serve

    serve(arguments.uri, arguments.port, arguments.experiment, browser=arguments.browser)
