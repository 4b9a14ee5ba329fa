"""The source model: how its training went, and what it confuses."""

from lctransfer.report import folded, statistics
from lctransfer.report.blocks import Section, Table
from lctransfer.report.figures.confusion import confusion
from lctransfer.report.figures.history import history as draw_history
from lctransfer.report.figures.per_class import per_class
from lctransfer.report.results import Results


def section(results: Results) -> Section:
    """Return training history, confusion matrix and per-class table of the source model."""
    part = Section("source", "The source model")
    predictions = results.source_predictions()
    if predictions.empty:
        origin = results.source_metrics().get("origin", "")
        part.missing = f"No source model was tested on stars of its own in this experiment. {origin}".strip()
        return part
    classes = sorted(set(predictions["class_name"]) | set(predictions["predicted"]))
    counts = statistics.confusion(predictions["class_name"], predictions["predicted"], classes)
    table = statistics.per_class(counts, classes)
    part.sentences = [
        f"On {len(predictions):,} {results.made}test stars of {', '.join(map(results.title, results.sources))} the "
        f"source model reaches M_c = {statistics.m_c(counts):.3f} and macro-F1 = {table['f1'].mean():.3f} over "
        f"{len(classes)} classes."
    ]
    caption = "Source model: per cent of each true class, test stars (counts in brackets)."
    part.figures = [confusion("source-confusion", "Source model", counts, classes, caption)]
    folded.fill(part.figures[0], results, {str(survey): rows for survey, rows in predictions.groupby("survey")})
    caption = "Source model: precision and recall of each class, test stars."
    part.figures.append(per_class("source-precision-recall", "Source model", table, caption))
    history = results.history()
    if not history.empty:
        part.figures.insert(0, draw_history(history))
    formats = dict.fromkeys(("precision", "recall", "F1"), ".3f")
    part.tables = [
        Table("source-per-class", "Source model: each class.", table.rename(columns={"f1": "F1"}), formats, folded=True)
    ]
    return part
