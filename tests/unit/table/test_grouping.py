import numpy as np

from lctransfer.table.epochs import KEPT, Measured
from lctransfer.table.grouping import assemble


def test_epochs_of_more_light_curves_than_sixteen_bits_count_keep_their_order():
    rng = np.random.default_rng(0)
    source = rng.permutation(np.arange(210_000) % 70_000)
    time = np.arange(len(source), dtype=float)
    made = assemble(source, np.zeros(len(source), np.int16), Measured(time, time, time, np.full(len(time), KEPT)), 1)
    assert made.source.tolist() == list(range(70_000))
    assert made.time.tolist() == np.lexsort((time, source)).tolist()
