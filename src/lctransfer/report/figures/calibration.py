"""Whether probabilities are what they say."""

import pandas as pd
from matplotlib import pyplot as plt

from lctransfer.report import palette
from lctransfer.report.blocks import Figure
from lctransfer.report.figures.frame import curve, journal, legend_below, taller
from lctransfer.report.results import Results


@journal
def calibration(results: Results, survey: str, fraction: float, bins: dict[str, pd.DataFrame]) -> Figure:
    """Return the share of correct predictions against the predicted probability, a line per strategy."""
    drawing, axes = plt.subplots(figsize=(3.46, 3.1))
    axes.plot([0, 1], [0, 1], color="#7b8794", linewidth=0.8, linestyle=":")
    texts: dict[str, list[str]] = {}
    for strategy, table in bins.items():
        look = palette.look(strategy, results.strategies)
        name = palette.title(strategy)
        texts[curve(axes, (table["probability"], table["right"]), None, look, label=name)] = [
            f"{name}: mean probability {row.probability:.3f}, share that is correct {row.right:.3f} "
            f"({row.stars:,} test stars of all seeds)"
            for row in table.itertuples()
        ]
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="highest probability, mean of bin", ylabel="share that is correct")
    title = results.title(survey)
    axes.set_title(f"{title}, {100 * fraction:.3g}% labelled")
    taller(axes, len(bins))
    legend_below(axes)
    caption = (
        f"{title}: reliability, {100 * fraction:.3g}% of the stars labelled, test stars of all seeds. On the dotted "
        "line a probability of 0.9 is right nine times in ten; below it the strategy is over-confident."
    )
    alt = f"Line chart of accuracy against claimed probability for {len(bins)} strategies on {title}."
    data = pd.concat([table.assign(strategy=name, fraction=fraction) for name, table in bins.items()])
    return Figure(f"calibration-{survey}", caption, alt, drawing, data, texts=texts)
