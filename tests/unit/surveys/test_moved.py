"""Columns of light-curve files that a user says have moved."""

import gzip
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from lctransfer import surveys
from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.simulate import simulate
from lctransfer.stages import ingest
from lctransfer.surveys import asas, hipparcos, moved
from lctransfer.surveys.ogle import PHOTOMETRY

HOME = "ogle4/lmc/rrlyr"


@pytest.fixture(scope="module")
def turned(tmp_path_factory):
    """An archive of OGLE whose photometry has a new first column, and the error before the magnitude."""
    root = tmp_path_factory.mktemp("ogle")
    table = simulate("ogle", 120, 3)
    surveys.write_archive("ogle", table, root)
    (path,) = [path for path in root.rglob("phot.tar.gz") if "OCVS/lmc/rrlyr" in str(path)]
    rewrite(
        path,
        lambda rows: [f"field{n} {time} {error} {mag}" for n, (time, mag, error) in enumerate(map(str.split, rows))],
    )
    return table, root


def rewrite(path: Path, change) -> None:
    """Change the lines of every file of a bundle."""
    with tarfile.open(path) as archive:
        members = [(m.name, archive.extractfile(m).read().decode()) for m in archive if m.isfile()]
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members:
            text = "".join(f"{line}\n" for line in change(content.splitlines())).encode()
            header = tarfile.TarInfo(name)
            header.size = len(text)
            archive.addfile(header, io.BytesIO(text))


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


def same_values(table, result):
    """Require of every star read the values that were written, to the decimals of the files."""
    was = {row["source_id"]: row for row in table.to_pylist()}
    assert result.num_rows > 3
    for row in result.to_pylist():
        star = was[row["source_id"]]
        kept = np.isin(np.round(star["time"], 5), np.round(row["time"], 5))
        assert kept.sum() == len(row["time"]) > 10
        for name in ("time", "mag", "mag_err"):
            assert row[name] == pytest.approx(np.array(star[name])[kept], abs=6e-4), name


def asas_turned(lines):
    """Put a word before the columns, and the letter of the grade before the magnitudes."""
    for line in lines:
        if line.startswith("#"):
            yield line.replace("     HJD ", " CAM HJD ")
        else:
            hjd, *rest = line.split()
            yield " ".join(["V3", hjd, rest[10], *rest[:10], rest[11]])


ASAS_COLUMNS = (
    {"HJD": 2, "GRADE": 3, "FRAME": 14} | {f"MAG_{k}": 4 + k for k in range(5)} | {f"MER_{k}": 9 + k for k in range(5)}
)


@pytest.mark.parametrize("aperture", ["archive", "brightness"])
def test_asas_files_are_read_with_corrected_columns(tmp_path, aperture):
    table = simulate("asas", 40, 3)
    surveys.write_archive("asas", table, tmp_path)
    rewrite(tmp_path / asas.BUNDLE, asas_turned)
    settings = Survey(min_epochs=2, aperture=aperture)
    with pytest.raises(LctransferError, match="No light curve of asas remains"):
        ingest.ingest("asas", tmp_path, settings)
    settings.overrides = {"lightcurves": {"columns": ASAS_COLUMNS}}
    same_values(table, ingest.ingest("asas", tmp_path, settings).table)


def test_epoch_photometry_of_hipparcos_is_read_with_corrected_columns(tmp_path):
    table = simulate("hipparcos", 60, 3)
    surveys.write_archive("hipparcos", table, tmp_path)
    spans = hipparcos.read_index(tmp_path / hipparcos.INDEX)
    content = (tmp_path / hipparcos.EPOCHS).read_bytes()
    members, lines, at = [], [], 0
    for name, (start, stop) in spans.items():
        head, *rows = gzip.decompress(content[start : stop if stop >= 0 else None]).decode().splitlines()
        turned = [head]
        for row in filter(str.strip, rows):
            time, mag, error, flag = row.split("|")
            turned.append(f"{flag.strip()}|transit|{time}|{error}|{mag}")
        members.append(gzip.compress("".join(f"{line}\n" for line in turned).encode()))
        lines.append(f"{name}={at + 1}\n")
        at += len(members[-1])
    (tmp_path / hipparcos.EPOCHS).write_bytes(b"".join(members))
    (tmp_path / hipparcos.INDEX).write_text("".join(lines))
    columns = {"flag": 1, "BJD": 3, "e_Hp": 4, "Hp": 5}
    settings = Survey(min_epochs=2, overrides={"epochs": {"columns": columns}})
    same_values(table, ingest.ingest("hipparcos", tmp_path, settings).table)


def test_words_between_the_columns_are_passed_over_and_letters_stay_letters():
    where = {name: ASAS_COLUMNS[name] for name in asas.PHOTOMETRY.names}
    numbers = " ".join(f"{9 + k / 8}" for k in range(10))
    found, form = moved.read([f"V3 1869.5 B {numbers} 77\n".encode()], asas.PHOTOMETRY, where, asas.ZERO_POINT)
    assert form.names[0] == "column 1"
    assert found.values[0].tolist() == [2451869.5, *(9 + k / 8 for k in range(10)), ord("B"), 77]
    wrong = moved.read([b"V3 1869.5 BB 1 2 3 4 5 6 7 8 9 0 1\n"], asas.PHOTOMETRY, where)[0]
    assert wrong.errors.tolist() == [[1, 1, 2]]
