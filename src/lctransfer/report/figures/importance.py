"""The importance of each feature to the source model."""

import pandas as pd
from matplotlib import pyplot as plt

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import WIDE, bars, journal, narrow, width


@journal
def importance(table: pd.DataFrame, stars: str, count: int) -> Figure:
    """Return two kinds of importance as bars, features in the order of the first.

    Parameters
    ----------
    table : pandas.DataFrame
        feature, loss, spread, attribution.
    stars : str
        Which stars it was measured on.
    count : int
        How many these are.
    """
    table = table.sort_values("loss", ascending=False)
    shape, height = ((2, 1), 2.0) if narrow() else ((1, 2), 1.0)
    size = (width(WIDE), height * (0.9 + 0.17 * len(table)))
    drawing, (left, right) = plt.subplots(*shape, sharey=True, figsize=size)
    names = table["feature"].str.replace("_", " ")
    losses = bars(left, names, table["loss"], table["spread"], palette.OKABE_ITO[0])
    left.set(xlabel="loss of $M_c$ when shuffled", title="Permutation")
    contributions = bars(right, names, table["attribution"], None, palette.OKABE_ITO[2])
    right.set(xlabel="mean |contribution| to the log-probability [nat]", title="Integrated gradients")
    left.invert_yaxis()
    for axes in (left, right):
        axes.grid(visible=False, axis="y")
    caption = (
        f"The source network on {stars} ({count:,}). Permutation: M_c lost when one feature is shuffled among them "
        "(mean and standard deviation over shuffles). Integrated gradients: how much each feature changes the "
        "log-probability of the predicted class (mean of absolute values). The comparison is with the median star of "
        "the source. Correlated features share their importance."
    )
    first, second = table.iloc[0]["feature"], table.loc[table["attribution"].idxmax(), "feature"]
    alt = f"Two bar charts of {len(table)} features; {first} is first by permutation, {second} by integrated gradients."
    texts = {
        losses: [
            f"{row.feature}: M_c loses {row.loss:.4f} ± {row.spread:.4f} when it is shuffled ({count:,} stars)"
            for row in table.itertuples()
        ],
        contributions: [
            f"{row.feature}: mean |contribution| {row.attribution:.4f} nat ({count:,} stars)"
            for row in table.itertuples()
        ],
    }
    return Figure("feature-importance", caption, alt, drawing, table, texts=texts)
