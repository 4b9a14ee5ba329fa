"""Columns of light-curve files that a user says have moved."""

import io
import tarfile

import numpy as np
import pytest

from lctransfer import surveys
from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.simulate import simulate
from lctransfer.stages import ingest
from lctransfer.surveys import moved
from lctransfer.surveys.ogle import PHOTOMETRY

HOME = "ogle4/lmc/rrlyr"


@pytest.fixture(scope="module")
def turned(tmp_path_factory):
    """An archive of OGLE whose photometry has a new first column, and the error before the magnitude."""
    root = tmp_path_factory.mktemp("ogle")
    table = simulate("ogle", 120, 3)
    surveys.write_archive("ogle", table, root)
    (path,) = [path for path in root.rglob("phot.tar.gz") if "OCVS/lmc/rrlyr" in str(path)]
    with tarfile.open(path) as archive:
        members = [(m.name, archive.extractfile(m).read()) for m in archive if m.isfile()]
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members:
            rows = [line.split() for line in content.decode().splitlines()]
            text = "".join(f"{n} {time} {error} {mag}\n" for n, (time, mag, error) in enumerate(rows)).encode()
            header = tarfile.TarInfo(name)
            header.size = len(text)
            archive.addfile(header, io.BytesIO(text))
    return table, root


def read(root, **columns):
    overrides = {HOME: {"columns": columns}} if columns else {}
    return ingest.ingest("ogle", root, Survey(min_epochs=2, collections=[HOME], overrides=overrides))


def test_moved_columns_are_read_where_a_user_says_that_they_stand(turned):
    table, root = turned
    was = {row["source_id"]: row for row in table.to_pylist()}
    result = read(root, time=2, mag_err=3, mag=4)
    assert result.table.num_rows > 10
    for row in result.table.to_pylist():
        star = was[row["source_id"]]
        kept = np.array(star["mag_err"]) < 1
        assert row["time"] == pytest.approx(np.array(star["time"])[kept], abs=1e-5)
        assert row["mag"] == pytest.approx(np.array(star["mag"])[kept], abs=6e-4)
        assert row["mag_err"] == pytest.approx(np.array(star["mag_err"])[kept], abs=6e-4)


def test_without_the_correction_nothing_is_read(turned):
    with pytest.raises(LctransferError, match="No light curve of ogle remains"):
        read(turned[1])


@pytest.mark.parametrize(
    ("columns", "said"),
    [({"mag": 0}, "from 1 on"), ({"mag": "1-3"}, "from 1 on"), ({"mag": 3}, "two columns at one place")],
)
def test_places_that_cannot_be_meant_are_refused(columns, said):
    with pytest.raises(LctransferError, match=said):
        moved.places({HOME: {"columns": columns}}, HOME, PHOTOMETRY)


def test_an_unknown_column_is_refused_with_those_that_can_be_corrected():
    with pytest.raises(LctransferError, match="type, time, mag, mag_err"):
        surveys.corrected("ogle", {HOME: {"columns": {"flux": 3}}})
