import re
from collections import Counter

import numpy as np
import pytest

from lctransfer.config import Survey
from lctransfer.simulate import simulate
from lctransfer.stages.ingest import ingest
from lctransfer.surveys import asas, write_archive
from lctransfer.surveys.members import write_tar
from lctransfer.surveys.rows import write

TIME = np.round(np.arange(60) * 2.5 + 2000, 5)
BRIGHT = np.array([9.0, 9.1, 9.2, 9.3, 9.4])  # of apertures 0 to 4


def field(number, order, part, offset=0.0, grade="A", header=True):
    """Return a dataset whose apertures stand in some order, a tenth of a day later than the one before."""
    time = TIME[part] + number / 10
    mags = [np.full(len(time), BRIGHT[k] + offset) for k in order]
    errors = [np.full(len(time), 0.01 * (k + 1)) for k in order]
    rest = [np.full(len(time), ord(grade)), np.arange(len(time))]
    head = f"#ndata= {len(time)}\n#dataset= {number} ; 1 F0000-00_000\n"
    if header:
        columns = "  ".join(f"MAG_{k}" for k in order) + "    " + " ".join(f"MER_{k}" for k in order)
        head += f"#     HJD      {columns} GRADE FRAME\n"
    return head.encode() + write([time, *mags, *errors, *rest], asas.PHOTOMETRY)


@pytest.fixture
def read(tmp_path):
    """Return the light curve of one star whose file holds some fields."""
    write_archive("asas", simulate("asas", 30, 1), tmp_path)
    name = next(iter(asas.catalogue(tmp_path, [], Counter())))

    def reader(*fields, **settings):
        write_tar(tmp_path / asas.BUNDLE, [(f"{name}.lc", b"# about\n" + b"".join(fields))])
        return ingest("asas", tmp_path, Survey(min_epochs=2, **settings)).table.to_pylist()[0]

    return reader


def test_fields_are_brought_to_the_zero_point_of_the_largest(read):
    fields = field(1, (0, 1, 2, 3, 4), slice(0, 30), 0.2), field(2, (0, 1, 2, 3, 4), slice(20, 60))
    assert set(np.round(read(*fields)["mag"], 6)) == {9.0}
    assert set(read(*fields, zero_points="as_given")["mag"]) == {9.0, 9.2}


def test_fields_without_a_night_in_common_stay_as_they_are(read):
    fields = field(1, (0, 1, 2, 3, 4), slice(0, 25), 0.2), field(2, (0, 1, 2, 3, 4), slice(25, 60))
    assert set(read(*fields)["mag"]) == {9.0, 9.2}


def test_the_order_of_apertures_may_change_from_field_to_field(read):
    fields = field(1, (4, 0, 1, 2, 3), slice(0, 30)), field(2, (0, 1, 2, 3, 4), slice(30, 60))
    server = read(*fields, zero_points="as_given")
    assert (set(server["mag"]), set(server["mag_err"])) == ({9.4, 9.0}, {0.05, 0.01})
    chosen = read(*fields, aperture="brightness")
    assert (set(chosen["mag"]), set(chosen["mag_err"])) == ({9.3}, {0.04})


@pytest.mark.parametrize(
    ("mag", "aperture"), [(13.0, 0), (12.01, 0), (11.5, 1), (10.5, 2), (9.5, 3), (8.9, 4), (5.0, 4)]
)
def test_bright_stars_take_wide_apertures(mag, aperture):
    row = [2000.0, *([mag] * 5), *range(5), ord("A"), 1]
    assert asas._aperture([(np.array([row]), [0, 1, 2, 3, 4])]) == aperture


def test_grades_are_those_asked_for(read):
    fields = field(1, (0, 1, 2, 3, 4), slice(0, 30)), field(2, (0, 1, 2, 3, 4), slice(30, 60), grade="D")
    assert len(read(*fields)["time"]) == 30
    assert len(read(*fields, grades="ABD")["time"]) == 60


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b"2000.00000", b"2000.0000x", r"line 5: column 1 .HJD. is not a number"),
        (b"MAG_0  MAG_1", b"MAG_0  MAG_0", r"no line .* gives the order of the apertures"),
        (b"MER_0 MER_1", b"MER_1 MER_0", r"no line .* gives the order of the apertures"),
    ],
)
def test_what_is_not_understood_is_named(before, after, said):
    content = b"# about\n" + field(0, (0, 1, 2, 3, 4), slice(0, 30))
    assert before in content
    (found,) = asas._fields([("000000-0000.0.lc", content.replace(before, after, 1))], "bundle")
    assert isinstance(found, str)
    assert re.search(rf"bundle, 000000-0000.0.lc.*{said}", found)
