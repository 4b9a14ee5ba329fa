"""The contribution of each feature to each class."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import WIDE, journal


@journal
def attribution(table: pd.DataFrame) -> Figure:
    """Return the mean contribution of each feature to each class as a coloured grid.

    Parameters
    ----------
    table : pandas.DataFrame
        A row per class (index), a column per feature: mean contribution to the log-probability [nat].
    """
    drawing, axes = plt.subplots(figsize=(WIDE, 1.6 + 0.19 * len(table)))
    limit = float(np.nanquantile(np.abs(table.to_numpy()), 0.98)) or 1.0
    image = axes.imshow(table, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto")
    axes.grid(visible=False)
    axes.set_xticks(range(table.shape[1]), [name.replace("_", " ") for name in table.columns], rotation=90)
    axes.set_yticks(range(len(table)), [name.replace("_", " ") for name in table.index])
    axes.set(xlabel="feature", ylabel="predicted class")
    drawing.colorbar(image, ax=axes, label="mean contribution [nat]", extend="both", pad=0.015)
    axes.set_title("Contribution of each feature to each class")
    caption = (
        "Integrated gradients by class: mean contribution of each feature to the log-probability of the class that the "
        "source network predicts. Red raises it, blue lowers it; the scale ends at the 98th percentile."
    )
    alt = f"Coloured grid of {len(table)} classes and {table.shape[1]} features; the numbers are in the CSV file."
    return Figure("feature-attribution", caption, alt, drawing, table.rename_axis("named").reset_index())
