"""What an archive did not give: parts left out, and classes that lost more than a tenth of their stars."""

from typing import Any

from lctransfer.report.results import Results

ENOUGH = 0.9
"""A class with fewer of its expected stars than this share is a sudden loss."""
SIGMA = 3.0
"""Where only a random choice of stars was asked for, the expected number scatters by chance."""


def surveys(results: Results) -> list[str]:
    """Return the surveys of an experiment, sources first, and the released weights."""
    return [*results.sources, *results.targets, "upsilont"]


def left_out(results: Results, survey: str) -> list[dict[str, Any]]:
    """Return the parts of a survey that could not be had or read."""
    found = [results.manifest(survey), results.ingested(survey)]
    return [loss for record in found if isinstance(record, dict) for loss in record.get("left_out", [])]


def sentences(results: Results) -> list[str]:
    """Return a sentence about each part that was left out: what, where, what was expected, what to do."""
    lines = []
    for survey in surveys(results):
        for loss in left_out(results, survey):
            said, file, line = loss["said"], loss["file"], loss["line"]
            place = f" (file {file}{f', line {line}' if line else ''})" if file and file not in said else ""
            lines.append(f"{results.title(survey)}, {loss['part']}{place}: {said} {loss['advice']}")
    return lines


def warnings(results: Results) -> list[str]:
    """Return what has to stand on the first screen: parts left out, sudden losses of stars, lists with fewer rows."""
    lines = []
    for survey in surveys(results):
        parts = [loss["part"] for loss in left_out(results, survey)]
        if parts:
            names = "; ".join(parts[:3]) + (f"; and {len(parts) - 3} more" if len(parts) > 3 else "")
            lines.append(f"{results.title(survey)} is not complete: {names}. See what was not run.")
        lost = [*_classes(results, survey), *_lists(results, survey)]
        if lost:
            lines.append(f"{results.title(survey)} has lost stars: {'; '.join(lost)}.")
    return lines


def _classes(results: Results, survey: str) -> list[str]:
    """Return the classes that have fewer than 90% of the stars that were expected."""
    counts = results.ingested(survey)
    expected, arrived = counts.get("expected", {}), counts.get("with_light_curve", {})
    manifest = results.manifest(survey)
    queue = manifest.get("queue", {}) if isinstance(manifest, dict) else {}
    share = queue["asked"] / queue["of"] if queue.get("of") else 1.0
    lines = []
    for name, listed in sorted(expected.items()):
        due, found = listed * share, arrived.get(name, 0)
        scatter = SIGMA * (listed * share * (1 - share)) ** 0.5
        if found < ENOUGH * due - scatter:
            lines.append(f"{name} has {found:,} of {due:,.0f} expected light curves")
    return lines


def _lists(results: Results, survey: str) -> list[str]:
    """Return the lists that have fewer than 90% of the rows that a document states."""
    manifest = results.manifest(survey)
    files = manifest.get("files", []) if isinstance(manifest, dict) else []
    return [
        f"{entry['path'].rsplit('/', 1)[-1]} has {entry['rows']:,} of {entry['expected_rows']:,} rows"
        for entry in files
        if entry.get("expected_rows") and entry["rows"] < ENOUGH * entry["expected_rows"]
    ]
