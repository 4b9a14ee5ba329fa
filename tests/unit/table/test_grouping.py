from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from lctransfer.table import grouping
from lctransfer.table.epochs import KEPT, Measured
from lctransfer.table.grouping import NO_NAME, Gathered, assemble
from lctransfer.table.identifiers import coded

NAMES = st.none() | st.sampled_from([f"star {i}" for i in range(9)])


@given(st.lists(st.tuples(st.booleans(), st.lists(NAMES, max_size=8)), max_size=6))
def test_sources_are_numbered_in_order_of_appearance_whatever_the_batches(batches):
    gathered, found = Gathered(), []
    for is_coded, batch in batches:
        column = pa.array(batch, pa.string())
        found.append(gathered.number(column.dictionary_encode() if is_coded else column, "names").tolist())
    names = list(dict.fromkeys(name for _, batch in batches for name in batch if name is not None))
    assert gathered.names == names
    assert found == [[NO_NAME if name is None else names.index(name) for name in batch] for _, batch in batches]


def test_whole_numbers_and_text_that_differs_from_them_are_different_sources():
    gathered = Gathered()
    batches = ["12", "13"], ["0012", "12", "+12"], ["13", "0012", "14"], ["star", "12"]
    found = [gathered.number(coded(pa.array(batch)), "names").tolist() for batch in batches]
    assert gathered.names == ["12", "13", "0012", "+12", "14", "star"]
    assert found == [[0, 1], [2, 0, 3], [1, 2, 4], [5, 0]]


def test_names_are_found_again_where_more_come_than_are_looked_up_first(monkeypatch):
    monkeypatch.setattr(grouping, "MOST_RECENT", 3)
    gathered = Gathered()
    for batch in (["a", "b", "c", "d"], ["c", "d", "d", "e"], ["d", "d", "d", "e", "f"], ["a", "f", "e"]):
        found = gathered.number(pa.array(batch), "names").tolist()
        assert [gathered.names[number] for number in found] == batch
    assert gathered.names == list("abcdef")


def test_epochs_laid_aside_make_the_same_light_curves(monkeypatch):
    rng = np.random.default_rng(0)
    source, time, mag = rng.integers(0, 500, 20_000), rng.uniform(0, 9, 20_000).round(2), rng.uniform(9, 12, 20_000)
    held = _light_curves(source, time, mag)
    monkeypatch.setattr(grouping, "MOST_EPOCHS", 3_000)
    monkeypatch.setattr(grouping, "SOURCES_PER_FILE", 64)
    assert _light_curves(source, time, mag) == held
    order = np.lexsort((np.arange(20_000), time, source))
    assert held == (source[order].tolist(), time[order].tolist(), mag[order].tolist())


def _light_curves(source, time, mag):
    gathered = Gathered()
    gathered.number(pa.array([str(i) for i in range(500)]), "names")
    for rows in np.split(np.arange(len(source)), 20):
        none = np.zeros(len(rows), np.uint8)
        epochs = Measured(time[rows], mag[rows], mag[rows], none + KEPT)
        gathered.add(source[rows], none, epochs, Counter())
    parts = list(gathered.curves(1))
    owner = np.concatenate([np.repeat(part.source, np.diff(part.offsets)) for part in parts])
    return owner.tolist(), *(
        np.concatenate([getattr(part, name) for part in parts]).tolist() for name in ("time", "mag")
    )


def test_epochs_of_more_light_curves_than_sixteen_bits_count_keep_their_order():
    rng = np.random.default_rng(0)
    source = rng.permutation(np.arange(210_000) % 70_000)
    time = np.arange(len(source), dtype=float)
    made = assemble(source, np.zeros(len(source), np.int16), Measured(time, time, time, np.full(len(time), KEPT)), 1)
    assert made.source.tolist() == list(range(70_000))
    assert made.time.tolist() == np.lexsort((time, source)).tolist()
