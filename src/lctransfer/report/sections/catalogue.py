"""The catalogue: what its stars are, where they are, and which of them deserve a second look."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from lctransfer.report.blocks import Section, Table
from lctransfer.report.figures.catalogue import diagrams, second_look, sky_map
from lctransfer.report.results import Results

SHOWN = 4
"""Stars of each kind whose light curves are drawn."""


def section(results: Results) -> Section:
    """Return, per target survey that has a catalogue, its counts, maps, and stars to look at again."""
    part = Section("catalogue", "The catalogue")
    found = {survey: results.catalogue(survey) for survey in results.targets}
    found = {survey: table for survey, table in found.items() if len(table)}
    if not found:
        part.missing = "No catalogue was made; classify.enabled turns it on."
        return part
    for survey, table in found.items():
        part.sentences.append(_sentence(results, survey, table))
        part.tables.append(_counts(survey, table, results.card(survey)))
        if table["class"].notna().any():
            _draw(part, results, survey, table)
    return part


def _draw(part: Section, results: Results, survey: str, table: pd.DataFrame) -> None:
    if {"ra_deg", "dec_deg"} <= set(table) and table[["ra_deg", "dec_deg"]].notna().all(axis=1).any():
        part.figures.append(sky_map(results, survey, table))
    part.figures.append(diagrams(results, survey, table))
    chosen = to_look_at(table)
    curves = results.light_curves(survey, list(chosen["source_id"])) if len(chosen) else pd.DataFrame()
    if len(curves):
        part.figures.append(second_look(results, survey, chosen, curves))
    part.tables.append(_second(survey, chosen))


def to_look_at(table: pd.DataFrame, count: int = SHOWN) -> pd.DataFrame:
    """Return the least certain and the most novel stars without a label, each with its class and the next one."""
    stars = table[table["class"].notna() & table["period_days"].notna()]
    if "label" in stars:
        stars = stars[stars["label"].isna()] if stars["label"].isna().any() else stars
    shares = stars.filter(regex="^p_")
    order = np.argsort(-shares.to_numpy(), axis=1, kind="stable")
    names, rows = np.array([name.removeprefix("p_") for name in shares]), np.arange(len(stars))
    ranked = stars.assign(first_class=stars["class"])
    ranked["next_class"] = names[order[:, 1]] if len(names) > 1 else ""
    ranked["next_probability"] = shares.to_numpy()[rows, order[:, min(1, len(names) - 1)]]
    unsure = ranked.sort_values(["confidence", "source_id"]).head(count).assign(reason="uncertain")
    others = ranked[~ranked["source_id"].isin(unsure["source_id"])]
    novel = others.sort_values(["novelty_score", "source_id"], ascending=[False, True]).head(count)
    return pd.concat([unsure, novel.assign(reason="novel")])


def _sentence(results: Results, survey: str, table: pd.DataFrame) -> str:
    answered = int(table["class"].notna().sum())
    flagged = table.loc[table["class"].isna(), "flag"].value_counts()
    why = ", ".join(f"{reason} {count}" for reason, count in flagged.items())
    labelled = int(table["label"].notna().sum()) if "label" in table else 0
    words = f"{results.title(survey)}: {len(table)} {results.made}sources, of which {labelled} have a label; "
    words += f"{answered} have a class"
    words += f", and {len(table) - answered} have none ({why})." if why else "."
    sizes = table["conformal_set"].dropna().map(len)
    if len(sizes):
        level = results.config.get("classify", {}).get("level", 0.9)
        words += f" Of the sets at {100 * level:g}%, {100 * (sizes == 1).mean():.0f}% name one class"
        words += f", {100 * (sizes > 1).mean():.0f}% several, {100 * (sizes == 0).mean():.0f}% none."
    return f"{words} The file is catalogue/{survey}.parquet in the results folder."


def _counts(survey: str, table: pd.DataFrame, card: Mapping[str, Any]) -> Table:
    groups = table[table["class"].notna()].groupby("class")
    data = pd.DataFrame({"stars": groups.size(), "expected": groups["confidence"].sum().round().astype(int)})
    for name in data.index:
        data.loc[name, "expected"] = round(float(table[f"p_{name}"].sum()))
    data["median confidence"] = groups["confidence"].median()
    per_class = card.get("per_class", {})
    for name in ("labels", "recall", "precision"):
        data[name] = [per_class.get(kind, {}).get(name) for kind in data.index]
    data = data.sort_values("stars", ascending=False).rename_axis("class").reset_index()
    caption = (
        "The catalogue by class: stars named so, stars expected by the sum of probabilities, and labels, recall and "
        "precision of the model's card."
    )
    formats = {"median confidence": ".3f", "recall": ".2f", "precision": ".2f", "expected": ".0f", "labels": ".0f"}
    return Table(f"catalogue-classes-{survey}", caption, data.astype({"expected": float}), formats)


def _second(survey: str, chosen: pd.DataFrame) -> Table:
    names = ["source_id", "reason", "first_class", "confidence", "next_class", "next_probability", "novelty_score"]
    data = chosen[[*names, "period_days"]].rename(columns={"first_class": "class"}).reset_index(drop=True)
    formats = {"confidence": ".3f", "next_probability": ".3f", "novelty_score": ".3f", "period_days": ".5g"}
    caption = "Stars that deserve a second look, or a label: the least certain and the most novel ones."
    return Table(f"catalogue-second-look-{survey}", caption, data, formats)
