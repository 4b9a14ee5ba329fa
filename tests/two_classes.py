"""Made-up light curves of two classes, and a small model of them, for tests of what comes after fitting."""

import numpy as np
import pyarrow as pa


def light_curves(n: int, seed: int = 0) -> pa.Table:
    """Return light curves of eclipsing binaries (odd) and RR Lyrae stars (even), one of them with too few epochs."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        days = np.sort(rng.uniform(0, 500, 5 if i == 3 else rng.integers(40, 80)))
        phase = days / rng.uniform(0.3, 0.9) % 1
        mag = 12 + (0.5 * (abs(phase - 0.5) < 0.08) if i % 2 else 0.4 * (phase - (phase > 0.85) * 5 * (phase - 0.85)))
        rows.append((f"s{i:05d}", days, mag + rng.normal(0, 0.02, len(days)), np.full(len(days), 0.02)))
    ids, *epochs = zip(*rows)
    lists = {name: [list(values) for values in column] for name, column in zip(("time", "mag", "mag_err"), epochs)}
    label = ["EB_ED" if i % 2 else "RRL_ab" for i in range(n)]
    return pa.table(
        {"source_id": ids, "label": label, "ra": rng.uniform(0, 360, n), "dec": rng.uniform(-90, 90, n)} | lists
    )
