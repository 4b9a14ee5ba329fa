"""How few epochs, and how short a light curve, will do."""

import pandas as pd

from lctransfer.report import palette
from lctransfer.report.blocks import Section, Table
from lctransfer.report.figures.sensitivity import sensitivity as draw
from lctransfer.report.results import Results

KEYS = ["strategy", "kind", "epochs", "duration_days"]
KINDS = {
    "whole": "all",
    "epochs": "drawn at random",
    "duration": "those of a stretch",
    "control": "drawn at random, as many as in the stretch",
}


def section(results: Results) -> Section:
    """Return M_c on subsampled light curves of one target survey."""
    part = Section("sensitivity", "Fewer epochs, shorter light curves")
    rows = results.sensitivity()
    if rows.empty:
        part.missing = "No light curves were subsampled; sensitivity.enabled=true turns this on."
        return part
    table, survey = averaged(rows), results.title(rows["survey"].iloc[0])
    part.sentences = [
        _stars(results, rows, survey),
        *(_strategy(table, name) for name in dict.fromkeys(rows["strategy"])),
    ]
    part.figures = [draw(results, rows["survey"].iloc[0], table)]
    part.tables = [_table(table)]
    return part


def averaged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return means over seeds, with the spread of M_c; whole light curves get their median duration."""
    groups = rows.groupby(KEYS, sort=False)
    table = groups[["median_epochs", "median_days", "classified", "n_labels", "m_c", "macro_f1"]].mean()
    table = table.assign(m_c_std=groups["m_c"].std(), seeds=groups.size()).reset_index()
    whole = table["kind"] == "whole"
    return table.assign(duration_days=table["duration_days"].where(~whole, table["median_days"]))


def _stars(results: Results, rows: pd.DataFrame, survey: str) -> str:
    whole = rows[rows["kind"] == "whole"].iloc[0]
    return (
        f"{whole['n_stars']:,} {results.made}stars of {survey} with {whole['median_epochs']:.0f} epochs over "
        f"{whole['median_days']:,.0f} days in the median, {100 * whole['fraction']:.3g}% of them labelled. "
        "Labelled and test stars are subsampled in the same way; the source model does not change."
    )


def _strategy(table: pd.DataFrame, strategy: str) -> str:
    here = table[table["strategy"] == strategy]
    whole = here[here["kind"] == "whole"].iloc[0]
    parts = []
    for kind, column, unit in (("epochs", "epochs", "epochs"), ("duration", "duration_days", "days")):
        least = here[here["kind"] == kind].sort_values(column).head(1)
        parts += [f"{row['m_c']:.3f} with {row[column]:.0f} {unit}" for _, row in least.iterrows()]
    title = palette.title(strategy)
    return f"{title[0].upper()}{title[1:]}: M_c = {whole['m_c']:.3f} with all epochs, {', '.join(parts)}."


def _table(table: pd.DataFrame) -> Table:
    data = pd.DataFrame(
        {
            "strategy": [palette.title(name) for name in table["strategy"]],
            "epochs are": table["kind"].map(KINDS),
            "median epochs": table["median_epochs"],
            "median duration [d]": table["median_days"],
            "labels": table["n_labels"],
            "stars with features": table["classified"],
            "M_c": table["m_c"],
            "± (seeds)": table["m_c_std"],
            "macro-F1": table["macro_f1"],
        }
    )
    formats = {"median epochs": ".0f", "median duration [d]": ",.0f", "labels": ".0f", "stars with features": ".0%"}
    formats |= dict.fromkeys(("M_c", "± (seeds)", "macro-F1"), ".3f")
    return Table("sensitivity", "Subsampled light curves: means over seeds.", data, formats, folded=True)
