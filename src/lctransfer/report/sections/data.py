"""The stars: counts per class and survey, epochs and durations, and what was left out and why."""

import pandas as pd

from lctransfer.report.blocks import Section, Table
from lctransfer.report.results import Results


def section(results: Results) -> Section:
    """Return the tables of stars, epochs and reasons for leaving rows out."""
    part = Section("data", "The stars")
    surveys = [*results.sources, *results.targets]
    tables = {survey: results.features(survey) for survey in surveys}
    found = {survey: table for survey, table in tables.items() if not table.empty}
    absent = [results.title(survey) for survey in surveys if survey not in found]
    if absent:
        part.missing = f"No features were extracted for {', '.join(absent)}."
    if found:
        part.tables = [
            _counts(results, found),
            _classes(results, found),
            _sampling(results, found),
            _dropped(results, found),
        ]
    part.notes = [line for survey in surveys for line in _reading(results, survey)]
    return part


def _reading(results: Results, survey: str) -> list[str]:
    """Return how a table of one's own was read: its form, its columns, what was dropped and flagged."""
    said = results.ingested(survey).get("reading", {}).get("sentences", [])
    return [f"How {results.title(survey)} was read: {' '.join(said)}"] if said else []


def compared_stars(results: Results, survey: str) -> tuple[int, int]:
    """Return how many stars of a target survey the strategies are compared on, and of how many classes."""
    table = results.features(survey)
    return (0, 0) if table.empty else _compared(results, survey, table)


def _compared(results: Results, survey: str, table: pd.DataFrame) -> tuple[int, int]:
    sound, small = _sound(table), _too_small(results, survey, table)
    return len(sound) - sum(size for _, size in small), sound["class_name"].nunique() - len(small)


def _counts(results: Results, found: dict[str, pd.DataFrame]) -> Table:
    """Return how many stars each survey has, and how many of them are used."""
    rows = []
    for survey, table in found.items():
        target, known = survey in results.targets, table[table["class_name"].notna()]
        stars, classes = _compared(results, survey, table) if target else (pd.NA, pd.NA)
        role = "target" if target else "source"
        row = (results.title(survey), role, len(table), len(known), known["class_name"].nunique(), stars, classes)
        rows.append(row)
    names = ["survey", "role", "light curves", "with a class", "classes", "compared on", "of classes"]
    made = ", all simulated" if results.simulated else ""
    caption = f"Stars of each survey{made}. Classes too small to be split take no part in the comparison."
    return Table("stars", caption, pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names[5:], "Int64")))


def _sound(table: pd.DataFrame) -> pd.DataFrame:
    """Return the stars that have a class and sound features."""
    known = table[table["class_name"].notna()]
    return known[known["flag"] == "ok"] if "flag" in known else known


def _classes(results: Results, found: dict[str, pd.DataFrame]) -> Table:
    counts = {results.title(survey): table["class_name"].value_counts() for survey, table in found.items()}
    data = pd.DataFrame(counts).fillna(0).astype(int).sort_index().rename_axis("class").reset_index()
    total = pd.DataFrame([{"class": "all classes"} | data.drop(columns="class").sum().to_dict()])
    return Table("stars-per-class", "Stars per class and survey.", pd.concat([data, total], ignore_index=True))


def _sampling(results: Results, found: dict[str, pd.DataFrame]) -> Table:
    rows = []
    for survey, table in found.items():
        row: dict[str, object] = {"survey": results.title(survey), "light curves": len(table)}
        for column, title in (("n_epochs", "epochs"), ("duration_days", "duration [d]")):
            for name, share in (("5%", 0.05), ("median", 0.5), ("95%", 0.95)):
                row[f"{title}, {name}"] = table[column].quantile(share)
        rows.append(row)
    data = pd.DataFrame(rows)
    formats = dict.fromkeys(data.columns[2:], ",.0f")
    return Table("sampling", "Epochs and durations of the light curves (quantiles).", data, formats)


def _dropped(results: Results, found: dict[str, pd.DataFrame]) -> Table:
    rows = []
    for survey, table in found.items():
        title = results.title(survey)
        counts = results.ingested(survey)
        reading = counts.get("reading", {})
        counts = {**reading.get("dropped", {}), **reading.get("flagged", {})}
        rows += [(title, "reading", reason, int(count)) for reason, count in counts.items()]
        rows += [(title, "ingest", reason, int(count)) for reason, count in counts.get("dropped", {}).items()]
        flags = table["flag"].value_counts() if "flag" in table else {}
        rows += [(title, "features", reason, int(count)) for reason, count in flags.items() if reason != "ok"]
        rows += [(title, "transfer", f"class {name} is too small", n) for name, n in _too_small(results, survey, table)]
    data = pd.DataFrame(rows, columns=["survey", "stage", "reason", "rows"])
    text = "Rows left out or flagged, and epochs dropped while reading, by reason; none was dropped silently."
    text = text if rows else "No row was left out or flagged, and no epoch was dropped."
    return Table("left-out", text, data)


def _too_small(results: Results, survey: str, table: pd.DataFrame) -> list[tuple[str, int]]:
    """Return class and size of a target's classes below the smallest size that takes part."""
    if survey not in results.targets:
        return []
    least = max(results.config.get("surveys", {}).get(survey, {}).get("min_class_size", 2), 2)
    sizes = _sound(table)["class_name"].value_counts()
    return [(str(name), int(size)) for name, size in sizes.items() if size < least]
