"""A confusion matrix."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import MATRIX, NARROW, WIDE, journal, width

SMALLEST = 4.5
"""Size in points of the smallest number that is drawn in a cell."""


@journal
def confusion(name: str, title: str, counts: np.ndarray, classes: list[str], caption: str) -> Figure:
    """Return a confusion matrix, each row in per cent of the true class, with the count of stars per class."""
    support = counts.sum(axis=1)
    share = np.divide(100 * counts, support[:, None], out=np.zeros_like(counts), where=support[:, None] > 0)
    size = width(NARROW if len(classes) <= 8 else 5.2 if len(classes) <= 14 else WIDE)
    pitch = 0.66 * 72 * size / len(classes)  # of the rows in points, as names and title take a third
    drawing, axes = plt.subplots(figsize=(size, size * 0.98))
    axes.imshow(share, vmin=0, vmax=100, aspect="equal").set_gid(MATRIX)
    axes.grid(visible=False)
    letters = min(6.5, 0.5 * pitch)
    for row, column in zip(*np.nonzero(share >= 0.5), strict=True) if letters >= SMALLEST else ():
        shade = "white" if share[row, column] > 55 else "#1c2732"
        text = f"{share[row, column]:.0f}"
        axes.text(column, row, text, ha="center", va="center", color=shade, fontsize=letters)
    labels = [label.replace("_", " ") for label in classes]
    axes.set_xticks(range(len(classes)), labels, rotation=90)
    axes.set_yticks(range(len(classes)), [f"{label} ({n:.0f})" for label, n in zip(labels, support, strict=True)])
    axes.tick_params(labelsize=min(7.5, 0.85 * pitch))
    axes.set(xlabel="predicted class", ylabel="true class (test stars)")
    axes.set_title(title)
    data = pd.DataFrame(counts.astype(int), columns=classes).assign(true_class=classes)
    alt = f"Confusion matrix of {len(classes)} classes; the counts are in the CSV file."
    return Figure(name, caption, alt, drawing, data[["true_class", *classes]])
