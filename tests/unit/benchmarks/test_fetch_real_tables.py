"""Real tables are built from what a server has, and only if the bytes are right."""

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[2]))

import fetch_real_tables as tables
from retrieve_server import serving

LIST = "Note (1): none\n-----\n   4099 ab 0.6417 0.53\n  27887 c  0.3114 0.36\n"
CURVES = {
    "4099": "time,mag,magerr,band\n2.5,17.1,0.01,r\n1.5,17.2,0.02,r\n1.6,18.0,-9.0,g\n1.7,18.1,0.03,g\n",
    "27887": "time,mag,magerr,band\n3.5,16.1,0.01,z\n",
}


@pytest.fixture
def server():
    with serving() as host:
        host.files["/apj326724t2.txt"] = LIST.encode()
        for name, text in CURVES.items():
            host.files[f"/light-curves/{name}.csv"] = text.encode()
        yield host


def _expected():
    rows = [
        ("27887", "RRc", [3.5], [16.1], [0.01], "z"),
        ("4099", "RRab", [1.7], [18.1], [0.03], "g"),
        ("4099", "RRab", [1.5, 2.5], [17.2, 17.1], [0.02, 0.01], "r"),
    ]
    table = pd.DataFrame(rows, columns=["source_id", "label", "time", "mag", "magerr", "band"])
    for name in ("mag", "magerr"):
        table[name] = [pd.Series(values, dtype="f4").to_numpy() for values in table[name]]
    return table


def test_a_table_is_built_from_a_server_and_only_with_its_own_bytes(server, tmp_path, monkeypatch, capsys):
    arguments = ["stripe82", "--mirror", server.address, "-o", str(tmp_path / "real")]
    target = tmp_path / "real" / "sdss_s82_rrl_ugriz.parquet"
    assert tables.main(arguments) == 1
    assert not target.exists()
    assert "rows and the SHA-256" in capsys.readouterr().err
    _expected().to_parquet(tmp_path / "right.parquet", compression="zstd", index=False)
    entry = tables.TABLES["stripe82"]._replace(sha256=tables.sha256(tmp_path / "right.parquet"))
    monkeypatch.setitem(tables.TABLES, "stripe82", entry)
    assert tables.main(arguments) == 0
    assert target.read_bytes() == (tmp_path / "right.parquet").read_bytes()
    assert server.requests["/light-curves/4099.csv"] == 1


def test_what_cannot_be_built_is_named_with_its_reason_and_digest(tmp_path, capsys):
    assert tables.main(["gaia", "-o", str(tmp_path)]) == 1
    message = capsys.readouterr().err
    assert "cannot be built of github.com/ChenglongYIN-eu/cbm-variable-stars" in message
    assert "git clone" in message
    assert tables.TABLES["gaia"].sha256 in message
    assert tables.main(["--list"]) == 0
    assert "NOT built here" in capsys.readouterr().out


def test_a_file_that_the_server_lacks_costs_no_table(server, tmp_path, capsys):
    del server.files["/light-curves/27887.csv"]
    assert tables.main(["stripe82", "--mirror", server.address, "-o", str(tmp_path)]) == 1
    assert "light-curves/27887.csv cannot be had" in capsys.readouterr().err
    assert not (tmp_path / "sdss_s82_rrl_ugriz.parquet").exists()


def test_the_true_table_is_built_byte_for_byte(shared_data, tmp_path):
    path = shared_data / "real" / "sdss_s82_rrl_ugriz.parquet"
    if not path.is_file():
        pytest.skip(f"no {path}: run python benchmarks/fetch_real_tables.py stripe82")
    stars = pd.read_parquet(path)
    (tmp_path / "light-curves").mkdir()
    kinds = stars.drop_duplicates("source_id").set_index("source_id")["label"].str[2:]
    lines = [f"{name:>7} {kind:<2} 0.5" for name, kind in kinds.items()]
    (tmp_path / "apj326724t2.txt").write_text("\n".join(lines) + "\n")
    for name, rows in stars.groupby("source_id"):
        long = rows.explode(["time", "mag", "magerr"])
        long = long.astype({"time": float}).assign(**{c: long[c].astype("f4") for c in ("mag", "magerr")})
        long[["time", "mag", "magerr", "band"]].to_csv(tmp_path / "light-curves" / f"{name}.csv", index=False)
    assert tables.main(["stripe82", "--mirror", str(tmp_path), "-o", str(tmp_path / "real")]) == 0
    assert (tmp_path / "real" / path.name).read_bytes() == path.read_bytes()
