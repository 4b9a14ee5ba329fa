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
    option("name", nargs="?", help="the figure, as --list and the report name it"),
    option("directory", type=Path, nargs="?", help="results/<experiment>"),
    option("--list", action="store_true", help="print the names of all figures of the results folder, and draw none"),
    option(
        "--data", type=Path, help="data/<archive> that the results came from (default: as their configuration says)"
    ),
    option("--width", choices=("single", "double"), help="journal columns: 88 or 180 mm (default: the figure's own)"),
    output("NAME.pdf, .svg or .png; the plotted numbers are written beside it as CSV", required=False),
)
def figure(arguments: Arguments) -> None:
    """Draw one figure of the report anew for a journal, with the plotted numbers as CSV beside it."""
    from lctransfer.report import rerun

    # With --list, the one name given is that of the folder.
    directory = arguments.directory or (Path(arguments.name) if arguments.list and arguments.name else None)
    if directory is None:
        raise LctransferError("Name a figure and a results folder, or a results folder and --list.")
    if arguments.list:
        sys.stdout.writelines(f"{name:32s} {section}\n" for name, section in rerun.names(directory, arguments.data))
        return
    path = arguments.output or Path(f"{arguments.name}.pdf")
    sys.stdout.write(f"{rerun.write(arguments.name, directory, path, data=arguments.data, width=arguments.width)}\n")


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
    option("experiment", help="demo, quickstart, custom, paper, gaia, ztf or smoke"),
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
    option("directory", type=Path, help="results/<experiment>, with its report"),
    output("the ZIP file to write (default: the folder's name with .zip)", required=False),
    option("--data", type=Path, help="data/<archive> that the results came from"),
    option("--licence", default="", help="of the results: an SPDX name such as CC-BY-4.0, or an address"),
    option("--author", action="append", default=[], help="who made the results; may be given several times"),
)
def package(arguments: Arguments) -> None:
    """Put a finished experiment into one archive, with checksums and an RO-Crate, fit for Zenodo."""
    from lctransfer.publish.package import package

    target = arguments.output or Path(f"{arguments.directory.resolve().name}.zip")
    names = package(
        arguments.directory, target, data=arguments.data, licence=arguments.licence, authors=arguments.author
    )
    if not arguments.licence:
        sys.stderr.write("lctransfer: no licence was named; the archive says so. Name one with --licence.\n")
    sys.stdout.write(f"{target}: {len(names)} files\n")


@verb(
    option("archive", type=Path, help="what `lctransfer package` wrote"),
    option("overrides", nargs="*", help="Hydra overrides, such as surveys.custom.table=stars.parquet"),
    output("folder to run in"),
    option("--cores", type=typed.positive, default=typed.cores(), help="jobs at once (default: all, %(default)s)"),
)
def reproduce(arguments: Arguments) -> None:
    """Run a packaged experiment again, and say of every number whether it is the same."""
    from lctransfer.publish.reproduce import DIFFERENT, MISSING, reproduce

    archive = arguments.archive.resolve()
    table = reproduce(archive, arguments.output, compose, overrides=arguments.overrides, cores=arguments.cores)
    counts = table["outcome"].value_counts()
    sys.stdout.write("".join(f"{count} numbers: {outcome}\n" for outcome, count in counts.items()))
    if counts.reindex([DIFFERENT, MISSING]).sum():
        raise LctransferError(f"Not all numbers are reproduced: see {arguments.output}/reproduced.csv.")


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
