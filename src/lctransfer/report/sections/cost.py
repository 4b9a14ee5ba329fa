"""What it cost: CPU time and memory per stage, from the workflow's benchmark files."""

from pathlib import Path

import pandas as pd

from lctransfer.report.blocks import Section, Table
from lctransfer.report.results import Results


def section(results: Results) -> Section:
    """Return CPU time, wall time and memory of every stage."""
    part = Section("cost", "Cost")
    folders = (results.data / "benchmarks", results.directory / "benchmarks")
    jobs = [_job(path) for folder in folders for path in sorted(folder.glob("*.tsv"))]
    if not jobs:
        part.missing = "There are no benchmark files; the stages were not run by the workflow."
        return part
    table = pd.concat(jobs)
    groups = table.groupby("stage", sort=True)
    data = groups.agg(jobs=("s", "size"), cpu=("cpu_time", "sum"), wall=("s", "sum"), memory=("max_rss", "max"))
    names = {"cpu": "CPU time [s]", "wall": "wall time, summed [s]", "memory": "peak memory [MB]"}
    data = data.reset_index().rename(columns=names)
    part.sentences = [f"{len(table)} jobs took {table['cpu_time'].sum():,.0f} s of CPU time in all."]
    formats = dict.fromkeys(names.values(), ",.0f")
    part.tables = [Table("cost", "CPU time, wall time and peak memory of each stage.", data, formats)]
    return part


def _job(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, sep="\t", na_values=["NA", "-"])
    for column in ("s", "max_rss", "cpu_time"):
        # Jobs that end within a second have no measurement.
        table[column] = pd.to_numeric(table.get(column), errors="coerce") if column in table else float("nan")
    return table.assign(stage=path.stem.split("-")[0])[["stage", "s", "max_rss", "cpu_time"]]
