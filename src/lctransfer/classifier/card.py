"""The model card: what a fitted model knows, what it is worth, and where it may be used."""

from typing import Any

import numpy as np
import pandas as pd

from lctransfer.evaluation.metrics import METRICS
from lctransfer.provenance import describe

RANGES = {"n_epochs": "epochs", "median_mag": "median magnitude [mag]", "duration_days": "baseline [d]"}
"""Columns whose ranges are told, and their names for people."""
TOLD_PACKAGES = ("numpy", "scikit-learn", "torch", "lightgbm", "pyarrow")
CITE = (
    "This software: see CITATION.cff, or https://doi.org/10.1051/0004-6361/202140369 (Kim et al. 2021, A&A 653, A22), "
    "whose method it follows.",
    "The survey whose light curves and labels were used.",
)
NO_LABELS = (
    "NO LABEL was used: the classes are those of the source model, and nothing says how right it is on your survey. "
    "On surveys that it had not seen, the same without labels reached an MCC between .4 and .9, by the survey and its "
    "classes, and its probabilities are not calibrated. Label some stars (`lctransfer suggest` says which) and "
    "run `lctransfer fit` again."
)


def ranges(stars: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return least, median and greatest value of the columns of `RANGES` that there are."""
    found = {}
    for name in RANGES:
        values = stars[name].dropna().to_numpy(dtype=float) if name in stars else np.zeros(0)
        if len(values):
            low, middle, high = np.percentile(values, (0, 50, 100))
            found[name] = {"least": float(low), "median": float(middle), "greatest": float(high)}
    return found


def provenance() -> dict[str, Any]:
    """Return date and versions, as they go into a card."""
    found = describe()
    packages = {name: value for name, value in found["packages"].items() if name in TOLD_PACKAGES}
    keys = ("lctransfer", "commit", "uncommitted_changes", "date_utc", "python")
    return {"packages": packages, **{name: found[name] for name in keys}}


def render(card: dict[str, Any]) -> str:
    """Return a card as text (Markdown) for a person."""
    if not card.get("expected"):
        head = [f"# {card.get('title', 'Model without a card')}", "", NO_LABELS, ""]
        return "\n".join([*head, *_reading(card), *_origin(card)]) + "\n"
    n_labels = sum(card["labels"].values())
    lines = [f"# {card['title']}", ""]
    lines += [f"{len(card['labels'])} classes from {n_labels} labelled stars; strategy `{card['strategy']}`.", ""]
    lines += ["## What it is worth", "", *_expected(card), "", "## Classes", "", *_classes(card), ""]
    lines += ["## Where it may be used", "", *_ranges(card), ""]
    lines += _reading(card)
    lines += ["## Where it comes from", "", *_origin(card)]
    return "\n".join(lines) + "\n"


def _expected(card: dict[str, Any]) -> list[str]:
    measured = card["measured_on"]
    rows = [f"Measured on {measured}; 95% bootstrap intervals over stars.", "", "| metric | value | 95% interval |"]
    rows += ["|---|---|---|"]
    for name in sorted(card["expected"], key=METRICS.index):  # JSON sorts its keys
        found = card["expected"][name]
        rows.append(f"| {name} | {found['value']:.3f} | {found['low']:.3f} to {found['high']:.3f} |")
    words = (
        "These hold for stars drawn like the labels: where labels are brighter, or of other proportions, expect less."
    )
    return [*rows, "", words, *(["", *card["notes"]] if card.get("notes") else [])]


def _classes(card: dict[str, Any]) -> list[str]:
    rows = ["| class | labels | recall | precision |", "|---|---|---|---|"]
    for name, found in card["per_class"].items():
        precision = "-" if found["precision"] is None else f"{found['precision']:.2f}"
        rows.append(f"| {name} | {card['labels'].get(name, 0)} | {found['recall']:.2f} | {precision} |")
    if card["class_map"]:
        mapped = ", ".join(f"{word}: {node}" for word, node in card["class_map"].items())
        rows += ["", f"Class map: {mapped}."]
    return rows


def _ranges(card: dict[str, Any]) -> list[str]:
    rows = [
        f"- {RANGES[name]}: {found['least']:.4g} to {found['greatest']:.4g} (median {found['median']:.4g})"
        for name, found in card["ranges"].items()
    ]
    return [*rows, "Stars outside of these ranges are classified too, and nothing is known of how well."]


def _reading(card: dict[str, Any]) -> list[str]:
    """Return how the training table was read: its form, its columns, what was dropped and flagged."""
    said = card.get("reading", {}).get("sentences", [])
    return ["## How its training table was read", "", *(f"- {line}" for line in said), ""] if said else []


def _origin(card: dict[str, Any]) -> list[str]:
    rows = [f"- source model: {card.get('source') or 'none'}"]
    if card.get("origin"):
        rows.append(f"- learnt from: {card['origin']}")
    if card.get("table"):
        rows.append(
            f"- training table: {card['table']} ({card['n_rows']} rows, {card['n_unlabelled']} unlabelled used)"
        )
    rows.append(f"- licence: {card.get('licence', 'not stated')}")
    if card.get("packages"):
        versions = ", ".join(f"{name} {version}" for name, version in card["packages"].items())
        rows.append(f"- lctransfer {card['lctransfer']}, fitted {card['date_utc']}; {versions}")
    return [*rows, "- cite:", *(f"  - {line}" for line in card.get("cite", CITE))]
