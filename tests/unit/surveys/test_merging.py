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


def mira(time):
    return 10 + 2.5 * np.sin(2 * np.pi * np.asarray(time) / 300)


@pytest.mark.parametrize(("align", "shift"), [("nights", -0.3), ("frames", 0.0), ("none", 0.0)])
def test_overlapping_nights_fix_the_zero_point_of_a_mira(align, shift):
    """Two fields see the maximum and the minimum of a cycle, and twelve nights of both, hours apart."""
    one, other = np.arange(0, 162.0), np.arange(150.2, 300.2)
    noise = RNG.normal(0, 0.01, len(one) + len(other))
    first = piece(one, mira(one) + noise[: len(one)])
    second = piece(other, mira(other) + 0.3 + noise[len(one) :])
    whole = merging.joined([first, second], align)
    assert len(whole[0]) == len(one) + len(other)
    late = whole[0] > 170
    assert np.median(whole[1][late] - mira(whole[0][late])) == pytest.approx(0.3 + shift, abs=0.02)


def test_without_overlapping_nights_the_real_change_of_a_mira_is_kept():
    one, other = np.arange(0, 140.0), np.arange(150, 290.0)
    whole = merging.joined([piece(one, mira(one)), piece(other, mira(other))], "nights")
    assert np.allclose(whole[1], mira(whole[0]))  # the medians of the two differ by 3.5 mag


def test_too_few_nights_shift_nothing():
    first, second = piece(np.arange(100), np.zeros(100)), piece([90.3, 91.3, 92.3, 93.3], [3.0] * 4)
    assert np.isin([3.0], merging.joined([first, second], "nights")[1]).all()


def test_a_short_period_that_scatters_within_the_night_shifts_nothing():
    time = np.arange(40.0)
    star = lambda times: 14 + 0.5 * np.sin(2 * np.pi * np.asarray(times) / 0.41)  # noqa: E731
    first, second = piece(time, star(time)), piece(time[:12] + 0.17, star(time[:12] + 0.17))
    whole = merging.joined([first, second], "nights")
    assert np.allclose(whole[1], star(whole[0]))


def test_empty_pieces_do_not_matter():
    some = piece([2.0, 1.0], [5.0, 6.0])
    for pieces in ([some, piece([], [])], [piece([], []), some]):
        assert [column.tolist() for column in merging.joined(pieces, "nights")[:2]] == [[1.0, 2.0], [6.0, 5.0]]


@given(st.lists(st.lists(st.floats(0, 1e4), max_size=9), min_size=1, max_size=4), st.sampled_from(["frames", "nights"]))
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
