"""True files of the archives: every one is read, and its rows are written back byte for byte."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from lctransfer.surveys import asas, eros2, hipparcos, merging, ogle
from lctransfer.surveys.members import read as read_members
from lctransfer.surveys.merging import joined
from lctransfer.surveys.rows import read, write


def body(content: bytes) -> bytes:
    """Return the lines that are no comments."""
    return b"".join(line for line in content.splitlines(keepends=True) if not line.startswith(b"#"))


def check(content, form, name):
    rows = read(content, form, name)
    text = np.genfromtxt(content.decode().splitlines(), dtype=str, comments="#", usecols=(0, 1, 2), ndmin=2)
    assert np.array_equal(rows[:, :3], text.astype(float))
    assert write(list(rows.T), form) == body(content)


@pytest.mark.parametrize("phase", ["ogle3", "ogle4"])
def test_ogle(shared_data, phase):
    paths = sorted((shared_data / "native" / phase).glob("*.dat"))
    assert len(paths) >= 4
    for path in paths:
        check(path.read_bytes(), ogle.PHOTOMETRY, path.name)


def test_ogle_tar_of_one_star(shared_data):
    members = dict(read_members(shared_data / "native/ogle3/OGLE-BLG-LPV-232406.tar"))
    assert sorted(members) == ["./OGLE-BLG-LPV-232406.I.dat", "./OGLE-BLG-LPV-232406.V.dat"]
    for name, content in members.items():
        check(content, ogle.PHOTOMETRY, name)


@pytest.mark.parametrize("name", ["lm0010k3978", "lm0010n22323", "lm0134l19756"])
def test_eros2(shared_data, name):
    content = (shared_data / f"native/eros2/{name}.time").read_bytes()
    # The copy inside UPSILoN-T lost the blank at the end of each line.
    tail = " " if b" \n" in body(content) else ""
    check(content, replace(eros2.PHOTOMETRY, tail=tail), name)


@pytest.mark.parametrize("name", ["172216-6742.4", "174432-4554.9"])
def test_asas(shared_data, name):
    content = (shared_data / f"native/asas/{name}.lc").read_bytes()
    check(content, asas.PHOTOMETRY, name)
    assert asas.is_whole(content)
    assert not asas.is_whole(content[: len(content) // 2])


def test_asas_fields_of_one_star_are_joined_by_the_nights_that_both_saw(shared_data):
    content = (shared_data / "native/asas/172216-6742.4.lc").read_bytes()
    (fields,) = asas._fields([("172216-6742.4.lc", content)], "native")
    assert [len(rows) for rows, _ in fields] == [15, 179, 1, 5, 86, 57]
    pieces = sorted((asas._good(rows, order, "AB", None) for rows, order in fields), key=lambda piece: -len(piece[0]))
    assert [len(piece[0]) for piece in pieces] == [152, 69, 46, 2, 1, 1]
    # The second field agrees with the first in 35 nights to 0.02 mag, although their medians differ by 0.08.
    nearest = merging._nearest(pieces[0][0], pieces[1][0])
    differences = merging._nightly_differences(pieces[0], pieces[1], nearest)
    assert (len(differences), abs(np.median(differences)) < 0.02) == (35, True)
    spread = {align: np.ptp(np.percentile(joined(pieces, align)[1], [16, 84])) for align in ("none", "nights")}
    assert spread["nights"] <= spread["none"]


@pytest.mark.parametrize("name", ["asas_3v_j1816.head.lc", "asas_Nv_j1816.head.lc"])
def test_asas_with_a_column_more(shared_data, name):
    content = (shared_data / "native/asas" / name).read_bytes()
    rows = read(content, asas.PHOTOMETRY, name)
    # These carry a FLAG after the frame, which is passed over.
    shorter = b"".join(line.rsplit(b" ", 1)[0] + b"\n" for line in body(content).splitlines())
    assert write(list(rows.T), asas.PHOTOMETRY) == shorter


def test_ogle2_dates_are_full(shared_data):
    for path in sorted((shared_data / "native/ogle2").glob("*.dat")):
        rows = read(path.read_bytes(), replace(ogle.PHOTOMETRY, fixed=False), path.name)
        assert (rows[:, 0] > 2_450_000).all()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("hipparcos/dotastro_voSource_debosscher.xml", hipparcos.PHOTOMETRY),
        ("asas/dotastro_voSource_asas.xml", replace(asas.PHOTOMETRY, columns=asas.PHOTOMETRY.columns[:2], fixed=False)),
    ],
)
def test_epochs_that_another_archive_passed_on_fit_the_native_columns(shared_data, path, form):
    root = ElementTree.fromstring((shared_data / "native" / path).read_bytes())
    rows = np.array([[float(cell.text) for cell in row] for row in root.iter("TR")])[:, : len(form.columns)]
    assert len(rows) > 50
    columns = [*rows.T, *[np.zeros(len(rows))] * (len(form.columns) - rows.shape[1])]
    content = b"head\n" * form.skip + write(columns, form)
    # The decimals of the format lose nothing of what was measured.
    assert np.array_equal(read(content, form, path)[:, : rows.shape[1]], rows)
