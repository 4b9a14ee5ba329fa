"""What to cite: this software, the paper that it follows, the surveys, and the methods that the numbers rest on."""

import pandas as pd

from lctransfer.report.blocks import Section, Table
from lctransfer.report.results import Results

SOFTWARE = ("this software", "CITATION.cff in its repository", "BSD-3-Clause")
PAPER = (
    "the paper that it follows",
    "Kim, Yeo, Bailer-Jones & Lee 2021, A&A 653, A22, doi:10.1051/0004-6361/202140369",
    "",
)
FEATURES = ("the 16 features", "Kim & Bailer-Jones 2016, A&A 587, A18", "")
METHODS = (
    ("multi-class MCC", "Gorodkin 2004, Computational Biology and Chemistry 28, 367", ""),
    ("extra trees", "Geurts, Ernst & Wehenkel 2006, Machine Learning 63, 3", ""),
    ("permutation importance", "Breiman 2001, Machine Learning 45, 5", ""),
    (
        "integrated gradients",
        "Sundararajan, Taly & Yan 2017, ICML 70, 3319; Kokhlikyan et al. 2020, arXiv:2009.07896",
        "",
    ),
    ("calibration error", "Guo et al. 2017, ICML 70, 1321", ""),
)


def section(results: Results) -> Section:
    """Return what to cite, the surveys by what their retrieved files name."""
    part = Section("references", "References: what to cite")
    rows = [SOFTWARE, PAPER]
    for survey in [*results.sources, *results.targets, "upsilont"]:
        listed = results.manifest(survey)
        files = listed.get("files", []) if isinstance(listed, dict) else listed
        cited = dict.fromkeys((str(entry.get("reference", "")), str(entry.get("licence", ""))) for entry in files)
        rows += [(results.title(survey), *pair) for pair in cited if pair[0]]
    if results.simulated:
        part.sentences = ["The light curves are simulated; the surveys are named for what their live archives ask."]
    columns = ["for", "cite", "terms"]
    part.tables = [Table("references", "What to cite.", pd.DataFrame([*rows, FEATURES, *METHODS], columns=columns))]
    return part
