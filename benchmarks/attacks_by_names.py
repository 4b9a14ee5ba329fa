"""Attacks by names: scripts, formulas, shell and SQL in what a user may call things; see `attacks.py`."""

import html
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
from attacking import ROOT, attack

SCRIPT = '<img src=x onerror="document.title=`canary`"><script>document.title="canary"</script>'
FORMULA = '=cmd|"/c calc"!A1'
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def hostile_results(folder: Path) -> Path:
    """Return a results folder whose report was made of names that are scripts, formulas and broken TeX."""
    sys.path.insert(0, str(ROOT / "tests"))
    import results_folder

    from lctransfer import report

    usual = list(results_folder.CLASSES)
    results_folder.CLASSES[:3] = [SCRIPT, FORMULA, r"a$\frac{$"]
    try:
        directory, data = results_folder.write_results(
            folder, targets=("asas",), strategies=("extra_trees", "zero_label"), fractions=(0.05, 0.2), seeds=2
        )
    finally:
        results_folder.CLASSES[:] = usual
    config = json.loads((directory / "config.json").read_text())
    config["description"] = SCRIPT
    for name in config["surveys"]:
        config["surveys"][name]["title"] = SCRIPT
    (directory / "config.json").write_text(json.dumps(config))
    report.build(directory, data)
    return directory


@attack("class, survey title and description named as script, formula or broken TeX: report page, figures, tables")
def names_in_report(folder: Path) -> str:
    """Names of a user's own in what a browser or a spreadsheet opens."""
    directory = hostile_results(folder)
    pages = [directory / "report.html", *sorted(directory.glob("figures/*.svg"))]
    for path in pages:
        text = path.read_text(encoding="utf-8")
        # The page has scripts of its own; what the names hold must not stand there as markup.
        assert not re.search(r"<script>document|canary[^<]{0,3}</script|<img[^>]*onerror", text), (
            f"script in {path.name}"
        )
    cells = [cell for path in directory.rglob("*.csv") for cell in _cells(path)]
    assert not [cell for cell in cells if cell.startswith(("=", "@"))], "a formula in a CSV file"
    return f"{len(pages)} pages and drawings, {len(cells)} CSV cells; {_rendered(pages[0])}"


def _cells(path: Path) -> list[str]:
    table = pd.read_csv(path, header=None, dtype=str, keep_default_na=False)
    return [str(cell) for cell in table.to_numpy().ravel()]


def _rendered(page: Path) -> str:
    """Let a browser run what there is to run, and look for the canary in the page's title."""
    if CHROMIUM is None:
        return "no Chromium here, so not rendered"
    with tempfile.TemporaryDirectory() as profile:
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        command += [
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--virtual-time-budget=5000",
            "--dump-dom",
            f"file://{page}",
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    title = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert html.unescape(title[1] if title else "canary").strip() != "canary", "a script ran in Chromium"
    return "rendered in Chromium: no script ran"


@attack("configuration: shell, path and wildcard text in names")
def configuration(folder: Path) -> str:
    """Values that would reach a shell or a path; a job's command quotes the others."""
    from lctransfer.cli.compose import compose
    from lctransfer.errors import LctransferError

    canary = folder / "canary"
    tried = [
        f"{key}={value}" for key in ("experiment", "archive.name") for value in ("../x", "a/b", "$(touch c)", "{x}")
    ]
    for override in tried:
        try:
            compose(["experiment=smoke", override])
        except LctransferError:
            continue
        raise AssertionError(f"{override} was taken")
    compose(["experiment=smoke", f"description=$(touch {canary}) `touch {canary}`; touch {canary}"])
    assert not canary.exists()
    return f"{len(tried)} names refused; text is kept as text"


@attack("file name and labels with shell and SQL text through a verb and into MLflow")
def names_in_mlflow(folder: Path) -> str:
    """Names that end in SQL; MLflow's tables must all be there afterwards."""
    from dataclasses import asdict

    from lctransfer.config import Config, Transfer
    from lctransfer.files import write_json
    from lctransfer.parquet import write_parquet
    from lctransfer.tracking.importing import mirror

    name = "x'; DROP TABLE runs; --"
    rows = {
        "survey": [name],
        "strategy": ["extra_trees"],
        "fraction": [0.1],
        "seed": [0],
        "n_labels": [9],
        "n_test": [9],
    }
    values = {key: [0.5] for key in ("m_c", "mcc", "macro_f1", "accuracy", "log_loss", "ece", "fit_seconds")}
    results = folder / "$(touch canary) `touch canary`"
    write_parquet(results / "metrics.parquet", pd.DataFrame(rows | values))
    config = asdict(Config(experiment=name, targets=[name], transfer=Transfer(strategies=["extra_trees"], seeds=1)))
    write_json(results / "config.json", config)
    mirror(results, f"sqlite:///{folder}/m.db")
    with sqlite3.connect(folder / "m.db") as store:
        count = store.execute("SELECT count(*) FROM runs").fetchone()[0]
        kept = store.execute("SELECT name FROM experiments WHERE name != 'Default'").fetchone()[0]
    assert (count > 0, kept) == (True, name)
    assert not any(place.exists() for place in (Path("canary"), folder / "canary"))
    return f"{count} runs under that very name"
