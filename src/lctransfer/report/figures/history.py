"""How the training of the source model went."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.ticker import MaxNLocator

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import curve, journal, legend_below, taller


@journal
def history(table: pd.DataFrame) -> Figure:
    """Return loss and validation M_c of the source model against the epoch."""
    drawing, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(3.46, 3.4))
    for column, label, place in (("train_loss", "training", 0), ("validation_loss", "validation", 1)):
        curve(upper, (table["epoch"], table[column]), None, {"color": palette.OKABE_ITO[place]}, label=label)
    upper.set_ylabel("cross-entropy [nat]")
    curve(lower, (table["epoch"], table["validation_m_c"]), None, {"color": palette.OKABE_ITO[1]}, label="_validation")
    lower.set(xlabel="epoch", ylabel="$M_c$, validation")
    lower.xaxis.set_major_locator(MaxNLocator(integer=True))
    taller(upper, 2)
    legend_below(upper)
    upper.set_title("Training of the source model")
    caption = (
        "Training of the source model: loss, and M_c on the validation stars, which choose the epoch that is kept."
    )
    alt = f"Two line charts against {len(table)} epochs: training and validation loss; validation M_c."
    return Figure("source-history", caption, alt, drawing, table)
