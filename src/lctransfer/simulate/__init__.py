"""The simulated sky: light curves of known stars as each survey would have recorded them. Nothing here is observed.

Star models (`stars`) say how a star varies, `observing` how a survey looks, `sky` what its catalogue holds.
`randomised` draws surveys with random characteristics, to learn from.
"""

import numpy as np
import pyarrow as pa

from lctransfer import taxonomy
from lctransfer.errors import LctransferError
from lctransfer.seeds import as_seed
from lctransfer.simulate import sky
from lctransfer.simulate.observing import SURVEYS
from lctransfer.simulate.randomised import randomised
from lctransfer.simulate.sample import Sample, generators, observe
from lctransfer.surveys import LABEL_MAPS

__all__ = ["simulate"]


def simulate(survey: str, n_stars: int, seed: int) -> pa.Table:
    """Return simulated light curves of one survey.

    Parameters
    ----------
    survey : str
        ogle, eros2, asas, hipparcos or asassn; or randomised, see `lctransfer.simulate.randomised`.
    n_stars : int
        Number of light curves; every label of the catalogue gets at least a few where there is room.
    seed : int
        The same seed gives the same bytes on every machine.

    Returns
    -------
    pyarrow.Table
        A light-curve table: source_id, survey, band, time (Julian dates), mag, mag_err, label (the survey's
        own), class_name (what the star is), ra_deg, dec_deg, period_days.

    Raises
    ------
    LctransferError
        If the survey is not known or `n_stars` is not positive.
    """
    if survey not in (*SURVEYS, "randomised"):
        raise LctransferError(
            f"There is no survey {survey!r} to simulate; there are {', '.join(SURVEYS)} and randomised."
        )
    if n_stars < 1:
        raise LctransferError(f"{n_stars} light curves cannot be simulated; ask for one at least.")
    seed = as_seed(seed)
    return randomised(n_stars, seed) if survey == "randomised" else _catalogue(survey, n_stars, seed)


def _catalogue(survey: str, n_stars: int, seed: int) -> pa.Table:
    """Return the stars of a survey's catalogue, with names and positions."""
    counts = sky.counts(survey, n_stars)
    labels = [label for label, count in counts.items() for _ in range(count)]
    kinds = [(entry.kind, counts[label]) for label, entry in sky.CATALOGUES[survey].items()]
    random = generators(survey, seed, groups=len(kinds))
    sample = observe(random, SURVEYS[survey], kinds, in_cloud=survey in ("ogle", "eros2"))
    ra, dec = sky.positions(random.sky, survey, n_stars)
    names = sky.names(random.sky, survey, labels, ra, dec)
    classes = {label: _class_name(survey, label) for label in counts}
    columns = {"label": pa.array(labels), "class_name": pa.array([classes[label] for label in labels])}
    return _table(survey, names, sample, columns | {"ra_deg": pa.array(ra), "dec_deg": pa.array(dec)})


def _table(survey: str, names: list[str], sample: Sample, columns: dict[str, pa.Array]) -> pa.Table:
    epochs = {name: getattr(sample, name) for name in ("time", "mag", "mag_err")}
    return pa.table(
        {
            "source_id": pa.array(names),
            "survey": pa.array([survey] * len(names)),
            "band": pa.array([SURVEYS[survey].band] * len(names)),
            **{name: pa.ListArray.from_arrays(sample.offsets, values) for name, values in epochs.items()},
            **columns,
            "period_days": pa.array(np.round(sample.period_days, 7), from_pandas=True),
        }
    )


def _class_name(survey: str, label: str) -> str:
    """Return the node that a survey's label stands for, or the kind of star where the taxonomy has none."""
    return taxonomy.class_name(label, LABEL_MAPS[survey]) or sky.CATALOGUES[survey][label].kind
