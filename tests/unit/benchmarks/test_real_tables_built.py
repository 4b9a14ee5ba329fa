"""Rows of the real tables are built of files in the true formats of the public repositories."""

import io
import sys
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2]))

import fetch_real_tables as tables
import real_tables_built as built
from retrieve_server import serving

from lctransfer.errors import LctransferError

ROOT = "Desktop/FINAL-PROYECTO-ESTRELLAS-VARIABLES-master"
EROS_CATALOGUE = f"{ROOT}/EROS-2/CEPH_fundamental_EROS+OGLE_for_StarDB.cat"
VOSOURCE = """<?xml version="1.0"?>
<VOSOURCE version="0.03">
\t<ID>{id}</ID>
\t<Description>Best Positional Information for {name}</Description>
\t\t\t\t<c1>{ra!r}</c1>
\t\t\t\t<c2>{dec!r}</c2>
\t\t<TABLEDATA>
{rows}
\t\t</TABLEDATA>
\t\t<class name="Variable Stars [Alt]" dbname="vs" prob="1.0">
\t\t<class name="{label}" dbname="x" prob="1.0">
</VOSOURCE>"""


def pack(path: Path, files: dict[str, str]) -> Path:
    """Write an archive as GitHub packs a repository."""
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"repository-0123abc/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def vo_source(star, number: int, name: str = "", label: str = "", zero: float = 0.0, prefix: str = "") -> str:
    epochs = zip(star.time - zero, star.mag, star.magerr, strict=True)
    rows = "\n".join(f"\t\t<TR row='1'><TD>{t:.6f}</TD><TD>{m:.6f}</TD><TD>{e:.6f}</TD></TR>" for t, m, e in epochs)
    return VOSOURCE.format(
        id=f"{prefix}{number}", name=name, ra=star.ra, dec=star.dec, rows=rows, label=label or star.label
    )


def ogle_files(stars: pd.DataFrame) -> dict[str, str]:
    files, ident, periods = {}, [], []
    for star in stars.itertuples():
        epochs = zip(star.time - 2450000, star.mag, star.magerr, strict=True)
        text = "\n".join(f"{t:.5f} {m:.3f} {e:.3f}" for t, m, e in epochs)
        files[f"{ROOT}/OGLE/Phot/phot_O4/I/{star.source_id}.dat"] = text
        hours, degrees = star.ra / 15, -star.dec
        places = []
        for value, digits in ((hours, 2), (degrees, 1)):
            seconds = round(value * 3600, digits)
            whole, rest = divmod(seconds, 3600)
            places.append(f"{int(whole):02d}:{int(rest // 60):02d}:{rest % 60:0{3 + digits}.{digits}f}")
        ident.append(f"{star.source_id} {star.label[4:]:>8}  {places[0]} -{places[1]}  LMC546.19.3065")
        if star.period == star.period:
            periods.append(f"{star.source_id}  15.691 16.420 {star.period!r} 0.0000109  6000.34799  0.261")
    return files | {
        f"{ROOT}/OGLE/Data/ident.dat": "\n".join(ident),
        f"{ROOT}/OGLE/Data/cepFO4.dat": "\n".join(periods),
    }


def eros_files(rows: pd.DataFrame) -> dict[str, str]:
    files, listed = {}, ["+---+", "| EROSID | RA | Dec | B-R | B | Period | PeriodSN | Probability | VARIABLE_CLASS |"]
    for name, pair in rows.groupby("source_id"):
        both: dict[float, dict[str, tuple]] = {}
        for star in pair.itertuples():
            for t, *values in zip(star.time, star.mag, star.magerr, strict=True):
                both.setdefault(t, {})[star.band] = tuple(values)
        missing = (99.999, 9.999)
        lines = [
            "{:.5f} {:.3f} {:.3f} {:.3f} {:.3f} ".format(
                t - 2450000, *by.get("R_EROS", missing), *by.get("B_EROS", missing)
            )
            for t, by in both.items()
        ]
        files[f"{ROOT}/EROS-2/LIGHT_CURVES/{name}.time"] = "# star:  erosid\n#\n" + "\n".join(lines)
        if star.period == star.period:
            listed.append(
                f"| {name} | {star.ra!r} | {star.dec!r} | 0.1 | 17 | {star.period!r} | 1 | 0.9 | {star.label} |"
            )
    return files | {EROS_CATALOGUE: "\n".join(listed)}


def same(rows: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Require the same stars with the same values, to the bit."""
    assert rows["source_id"].tolist() == wanted["source_id"].tolist()
    for name in ("label", "band"):
        assert rows[name].tolist() == wanted[name].tolist()
    for name in ("ra", "dec", "period"):
        np.testing.assert_array_equal(rows[name].astype(float), wanted[name].astype(float))
    for name in ("time", "mag", "magerr"):
        for found, value in zip(rows[name], wanted[name], strict=True):
            np.testing.assert_array_equal(found, value)


def real(shared_data: Path, name: str) -> pd.DataFrame:
    path = shared_data / "real" / f"{name}.parquet"
    if not path.is_file():
        pytest.skip(f"no {path}: run python benchmarks/fetch_real_tables.py")
    return pd.read_parquet(path).astype({"ra": float, "dec": float, "period": float})


@pytest.fixture
def stars() -> pd.DataFrame:
    """Return a few made-up stars as rows of a table."""
    rng = np.random.default_rng(3)
    rows = []
    for number, label, period in ((161330, "Mira", None), (148010, "Delta Scuti", 0.1), (148866, "Mira", None)):
        time = np.sort(rng.uniform(0, 900, 9)).round(5) + 2447900.0
        mag, error = rng.uniform(9, 10, 9).round(3), rng.uniform(0.01, 0.1, 9).round(3)
        rows.append((number, label, 10.25, -20.5, period, time, mag.astype("f4"), error.astype("f4")))
    return pd.DataFrame(rows, columns=["number", "label", "ra", "dec", "period", "time", "mag", "magerr"])


def test_a_table_comes_from_the_archive_that_a_server_has(stars, tmp_path, monkeypatch, capsys):
    files = {"README": "no star"}
    for star in stars.itertuples():
        files[f"data/debosscher/100{star.number}.xml"] = vo_source(star, star.number, zero=2440000.0)
    archive = pack(tmp_path / "archive.tar.gz", files).read_bytes()
    name = f"lightcurves-{tables.LONG[1]}.tar.gz"
    target = tmp_path / "real" / "hipparcos_debosscher.parquet"
    with serving() as host:
        host.files[f"/{name}"] = archive
        arguments = ["hipparcos", "--mirror", host.address, "-o", str(tmp_path / "real")]
        assert tables.main(arguments) == 1
        assert "built with 2 rows and the SHA-256" in capsys.readouterr().err
        assert not target.exists()
        rows = built.hipparcos(built.members(tmp_path / "archive.tar.gz"))
        built.write_parquet(rows, tmp_path / "right.parquet", {"period": "object"})
        right = tables.TABLES["hipparcos"]._replace(sha256=tables.sha256(tmp_path / "right.parquet"))
        monkeypatch.setitem(tables.TABLES, "hipparcos", right)
        assert tables.main(arguments) == 0
        assert host.requests[f"/{name}"] == 1  # what has come is kept
    table = pd.read_parquet(target)
    assert table["source_id"].tolist() == ["TUTOR_148010", "TUTOR_161330"]  # 148866 is a star of OGLE
    np.testing.assert_array_equal(table["time"][0], stars["time"][1])
    assert table["label"].tolist() == ["Delta Scuti", "Mira"]


def test_asas_keeps_half_of_the_stars_and_names_the_classes_that_it_leaves_out(stars, tmp_path, capsys):
    names = ["000053-1717.5", "000030-3937.5", "000108-3330.1"]  # the second belongs to the half that is kept back
    labels = ["Close Binary Eclipsing Systems", "Mira", "Quasar"]
    files = {
        f"data/ASAS/{149389 + i}.xml": vo_source(star, 149389 + i, names[i], labels[i], prefix="ivo://a.b/c.lyra#")
        for i, star in enumerate(stars.itertuples())
    }
    rows = built.asas(built.members(pack(tmp_path / "a.tar.gz", files)))
    assert rows[["source_id", "label", "band"]].to_numpy().tolist() == [["ASAS_000053-1717.5", "EB_UNSPEC", "V"]]
    assert "left out: Quasar" in capsys.readouterr().out


@pytest.mark.parametrize("damage", ["cut", "empty", "other"])
def test_a_damaged_archive_or_another_one_is_named(tmp_path, damage):
    path = pack(tmp_path / "a.tar.gz", {"data/ASAS/1.xml": "x" * 100_000 + str(np.random.default_rng(1).random(9999))})
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:200])
    elif damage == "empty":
        path.write_bytes(b"")
    with pytest.raises(LctransferError, match="another commit" if damage == "other" else "is damaged"):
        list(built.members(path)(r"^data/debosscher/"))


def test_the_genuine_files_give_the_rows_of_the_tables(shared_data, tmp_path):
    native = shared_data / "native"
    ogle = {
        f"{ROOT}/OGLE/Data/{name}.dat": (native / "ogle_catalogues" / f"lmc_cep_{name}.dat").read_text()
        for name in ("ident", "cepFO4")
    }
    for path in sorted((native / "ogle4").glob("OGLE-LMC-CEP-*.I.dat")):
        ogle[f"{ROOT}/OGLE/Phot/phot_O4/I/{path.name.removesuffix('.I.dat')}.dat"] = path.read_text()
    eros = {f"{ROOT}/EROS-2/LIGHT_CURVES/{p.name}": p.read_text() for p in (native / "eros2").glob("lm*.time")}
    eros[EROS_CATALOGUE] = (native / "eros2" / Path(EROS_CATALOGUE).name).read_text()
    sources = {
        "hipparcos_debosscher": (
            built.hipparcos,
            {"data/debosscher/100148010.xml": (native / "hipparcos/dotastro_voSource_debosscher.xml").read_text()},
        ),
        "asas_acvs_half": (
            built.asas,
            {"data/ASAS/158396.xml": (native / "asas/dotastro_voSource_asas.xml").read_text()},
        ),
        "ogle4_lmc_cepheids": (built.ogle4_cepheids, ogle),
        "eros2_lmc_cepheids": (built.eros2_cepheids, eros),
    }
    for table, (build, files) in sources.items():
        rows = build(built.members(pack(tmp_path / f"{table}.tar.gz", files)))
        stars = real(shared_data, table)
        wanted = stars[stars["source_id"].isin(rows["source_id"])]
        assert len(wanted) > 0
        same(rows[rows["source_id"].isin(stars["source_id"])].reset_index(), wanted.reset_index())


def test_the_true_tables_are_built_byte_for_byte_of_files_that_say_what_they_say(shared_data, tmp_path):
    stars = real(shared_data, "hipparcos_debosscher")
    numbers = stars["source_id"].str[6:].astype(int)
    files = {
        f"data/debosscher/100{number}.xml": vo_source(star, number, zero=2440000.0)
        for number, star in zip(numbers, stars.itertuples(), strict=True)
    }
    pack(tmp_path / f"lightcurves-{tables.LONG[1]}.tar.gz", files)
    files = eros_files(real(shared_data, "eros2_lmc_cepheids"))
    pack(tmp_path / f"Proyecto-Estrellas-Variables-{tables.CEPHEIDS[1]}.tar.gz", files)
    names = ["hipparcos", "eros2_cepheids"]
    assert tables.main([*names, "--mirror", str(tmp_path), "-o", str(tmp_path / "real")]) == 0
    for name in names:
        file = tables.TABLES[name].file
        assert (tmp_path / "real" / file).read_bytes() == (shared_data / "real" / file).read_bytes()


def test_some_of_the_larger_true_tables_are_built_to_the_bit(shared_data, tmp_path):
    stars = real(shared_data, "ogle4_lmc_cepheids").iloc[::40].reset_index(drop=True)
    rows = built.ogle4_cepheids(built.members(pack(tmp_path / "ogle.tar.gz", ogle_files(stars))))
    same(rows, stars)
    stars = real(shared_data, "asas_acvs_half").iloc[::100].reset_index(drop=True)
    words = {label: word for word, label in built.ASAS_LABELS.items()}
    files = {
        f"data/ASAS/{i}.xml": vo_source(star, i, star.source_id[5:], words[star.label])
        for i, star in enumerate(stars.itertuples())
    }
    rows = built.asas(built.members(pack(tmp_path / "asas.tar.gz", files)))
    same(rows, stars.assign(period=None))
