import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lctransfer.surveys import merging

RNG = np.random.default_rng(1)


def piece(time, mag):
    return [np.asarray(time, float), np.asarray(mag, float), np.full(len(time), 0.01)]


def test_frames_in_common_fix_the_zero_point_and_count_once():
    time = np.arange(40.0)
    mag = RNG.normal(15, 0.5, 40)
    first, second = piece(time[20:], mag[20:]), piece(time[:30] + 50 / 86_400, mag[:30] + 0.14)
    whole = merging.joined([first, second], "frames")
    assert whole[0].tolist() == [*(time[:20] + 50 / 86_400), *time[20:]]
    assert np.allclose(whole[1], mag, atol=1e-12)


@pytest.mark.parametrize(("align", "shift"), [("medians", -0.3), ("frames", 0.0), ("none", 0.0)])
def test_without_common_frames_only_medians_shift(align, shift):
    mag = RNG.normal(12, 0.1, 200)
    first, second = piece(np.arange(100), mag[:100]), piece(np.arange(100, 200), mag[:100] + 0.3)
    assert np.allclose(merging.joined([first, second], align)[1][100:], second[1] + shift)


def test_too_few_epochs_shift_nothing():
    first, second = piece(np.arange(100), np.zeros(100)), piece([200.0, 201.0], [3.0, 4.0])
    assert merging.joined([first, second], "medians")[1][-2:].tolist() == [3.0, 4.0]


def test_empty_pieces_do_not_matter():
    some = piece([2.0, 1.0], [5.0, 6.0])
    for pieces in ([some, piece([], [])], [piece([], []), some]):
        assert [column.tolist() for column in merging.joined(pieces, "medians")[:2]] == [[1.0, 2.0], [6.0, 5.0]]


@given(
    st.lists(st.lists(st.floats(0, 1e4), max_size=9), min_size=1, max_size=4), st.sampled_from(["frames", "medians"])
)
def test_no_epoch_repeats_one_of_an_earlier_piece(pieces, align):
    whole = merging.joined([piece(times, np.zeros(len(times))) for times in pieces], align)[0]
    assert (np.diff(whole) >= 0).all()
    kept = set()
    for times in pieces:
        kept |= {t for t in times if all(abs(t - k) > merging.SAME_FRAME_DAYS for k in kept)} if kept else set(times)
    assert set(whole.tolist()) == kept


def test_a_shelf_gives_back_what_was_put_there(tmp_path):
    pieces = {("a", "I"): [piece([1.0], [2.0]), piece([], [])], ("b", "V"): [piece([3.0, 4.0], [5.0, 6.0])]}
    with merging.Shelf(tmp_path) as shelf:
        for number in range(2):
            for key, mine in pieces.items():
                if number < len(mine):
                    shelf.put(key, mine[number])
        for key, found in shelf.stars():
            assert [np.array(p).tolist() for p in found] == [np.array(p).tolist() for p in pieces[key]]
    assert list(tmp_path.iterdir()) == []
