"""PyPI `upsilon` 1.2.10 as a rival and a reference: its feature extraction, made to run under NumPy 2.

Nothing of its arithmetic is touched, and its pickled model is never loaded. Its 16 features are those of UPSILoN-T.
"""

import builtins
import warnings

import numpy as np


def _load():
    """Return its class, with two names put back that newer NumPy and pyFFTW took away."""
    import pyfftw
    from upsilon.extract_features import extract_features, period_LS_pyfftw

    # `from numpy import *` hides Python's own functions since NumPy 2.
    period_LS_pyfftw.min, period_LS_pyfftw.max = builtins.min, builtins.max
    # It clears fresh memory by multiplying with zero, which leaves NaN where the memory happened to hold NaN.
    pyfftw.n_byte_align_empty = lambda size, alignment, dtype: pyfftw.zeros_aligned(size, dtype, n=alignment)
    return extract_features.ExtractFeatures


def released_features(time, mag, mag_err, threads: int = 1) -> dict[str, float]:
    """Return everything that the released software computes for one light curve.

    Parameters
    ----------
    time, mag, mag_err : array_like, shape (n,)
        Days, magnitudes, errors [mag]; not changed.

    Returns
    -------
    dict
        Its 16 features by name, ``period_uncertainty``, ``n_points``...
    """
    star = _load()(*(np.array(column, float) for column in (time, mag, mag_err)), n_threads=threads)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        star.run()
    return {name: float(value) for name, value in vars(star).items() if np.isscalar(value)}


def released_at_period(time, mag, mag_err, period_days: float) -> dict[str, float]:
    """Return the same, with its own period search replaced by a given period."""
    extractor = _load()
    module = __import__("upsilon.extract_features.period_LS_pyfftw", fromlist=["fasper"])
    search = module.fasper
    module.fasper = lambda *_: (np.array([1.0 / period_days] * 3), np.array([0.1, 1.0, 0.2]), 3, 1, 0.0)
    try:
        star = extractor(*(np.array(column, float) for column in (time, mag, mag_err)), n_threads=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            star.run()
    finally:
        module.fasper = search
    return {name: float(value) for name, value in vars(star).items() if np.isscalar(value)}
