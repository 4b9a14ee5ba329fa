import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lctransfer.errors import LctransferError
from lctransfer.surveys import eros2, ogle
from lctransfer.surveys.rows import ANY, Column, RowFormat, parse, read, write

GOOD = b" 447.81184 17.946 0.027\n12184.81184 17.946 0.027\n"
FREE = RowFormat((Column("time", 1, ANY), Column("mag", 1, ANY, " ")), fixed=False)


def test_rows_are_read_exactly_and_written_back():
    rows = read(GOOD, ogle.PHOTOMETRY, "a.dat")
    assert rows.tolist() == [[447.81184, 17.946, 0.027], [12184.81184, 17.946, 0.027]]
    assert write(list(rows.T), ogle.PHOTOMETRY) == GOOD


@pytest.mark.parametrize("ending", [b"\r\n", b"\n\n", b"  \n", b""])
def test_line_endings_do_not_matter(ending):
    assert len(read(b"2184.81184 17.946 0.027" + ending, ogle.PHOTOMETRY, "a.dat")) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"2184.81184 17.946", "column 3 .mag_err. is missing"),
        (b"2184.81184 17.9x6 0.027", "column 2 .mag. is not a number"),
        (b"2184.81184 nan    0.027", "column 2 .mag. is not a number"),
        (b"2184.81184 17.94 0.0275", "column 2 .mag. has other decimals"),
        (b"2184.8118 17.946 0.027", "column 1 .time. has other decimals"),
        (b"2184.81184 7.946 0.027", "column 2 .mag. does not stand where"),
        (b"2184.81184 1.7e1 0.027", "column 2 .mag. is not a number"),
        (b"2184.81184 1-.946 0.027", "column 2 .mag. is not a number"),
        (b"\x00\xff", "column 1 .time. is not a number"),
    ],
)
def test_a_bad_row_is_named_by_file_line_and_column(line, said):
    with pytest.raises(LctransferError, match=rf"a\.dat, line 3: {said}"):
        read(GOOD + line, ogle.PHOTOMETRY, "a.dat")


def test_a_bad_member_leaves_its_neighbours_alone():
    parsed = parse([GOOD, GOOD + b"broken\n", b"", GOOD], ogle.PHOTOMETRY)
    assert parsed.offsets.tolist() == [0, 2, 2, 2, 4]
    assert parsed.errors.tolist() == [[0, 0, 0], [1, 3, 0], [0, 0, 0], [0, 0, 0]]


def test_comments_and_heads_are_passed_over():
    text = b"# star: 1\n#\n   294.91026  17.151  0.040  99.999  9.999 \n"
    assert read(text, eros2.PHOTOMETRY, "a.time").tolist() == [[294.91026, 17.151, 0.04, 99.999, 9.999]]


@given(st.lists(st.tuples(*[st.decimals(-(10**6), 10**6, places=6)] * 2), min_size=1, max_size=30))
@settings(max_examples=80, deadline=None)
def test_numbers_are_those_that_python_reads(pairs):
    text = "".join(f"{a} {b}\n" for a, b in pairs if "E" not in f"{a}{b}").encode()
    wanted = np.array([[float(a), float(b)] for a, b in (line.split() for line in text.decode().splitlines())])
    assert np.array_equal(read(text, FREE, "x").reshape(-1, 2), wanted.reshape(-1, 2))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        (b"2184.81184", 2452184.81184),
        (b"2455262.50650", 2455262.5065),
        (b"-0.00001", 2449999.99999),
        (b"2399999.9", 4849999.9),
        (b"2400000.0", 2400000.0),
        (b"9.1234567890123456", 2450009.1234567890123456),
        (b"1" * 18, float(b"1" * 18)),
    ],
)
def test_dates_are_full_whatever_their_zero_point(text, date):
    values = parse([text + b" 1.0\n"], FREE, 2_450_000).values
    assert values.tolist() == [[date, 1.0]]


def test_minus_zero_keeps_its_sign():
    line = b" 447.81184 -0.000 0.027\n"
    assert write(list(read(line, ogle.PHOTOMETRY, "a.dat").T), ogle.PHOTOMETRY) == line
