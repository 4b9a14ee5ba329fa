"""True catalogues, or their first rows: every row is understood."""

import json
from collections import Counter

import pytest
from astropy.coordinates import SkyCoord

from lctransfer.config import Survey
from lctransfer.stages.ingest import ingest
from lctransfer.surveys import asas_catalogue, eros2, ogle, ogle_tables
from lctransfer.surveys.base import sexagesimal
from lctransfer.surveys.ogle_collections import BY_NAME

FOLDER = "native/ogle_catalogues"


@pytest.mark.parametrize(
    ("name", "collection", "words"),
    [
        ("lmc_cep_ident.dat", "ogle4/lmc/cep", {"CEP_F", "CEP_1O", "CEP_1O/2O"}),
        ("gd_rrlyr_ident.dat", "ogle4/gd/rrlyr", {"RRab", "RRc"}),
        ("blg_ogle4_cepheids.dat", "ogle4/blg/cep", {"CEP_F", "CEP_F/1O"}),
        ("blg_ogle4_cepheids_type2.dat", "ogle4/blg/t2cep", {"T2CEP_BLHer", "T2CEP_pWVir"}),
        ("blg_ogle4_hb.dat", "ogle4/blg/hb", {"HB_RG"}),
        ("blg_ogle4_delta_scuti.dat", "ogle4/blg/dsct", {"DSCT_singlemode", "DSCT_multimode"}),
    ],
)
def test_every_row_of_ident_dat(shared_data, name, collection, words):
    text = (shared_data / FOLDER / name).read_text()
    stars, bad = ogle_tables.read_ident(text, BY_NAME[collection], name)
    assert bad == []
    assert len(stars) == len(text.splitlines())
    found = {star.label for star in stars}
    assert words <= found <= set(ogle.LABEL_MAP)


def test_positions_of_ident_dat(shared_data):
    text = (shared_data / FOLDER / "lmc_cep_ident.dat").read_text()
    first = ogle_tables.read_ident(text, BY_NAME["ogle4/lmc/cep"], "ident.dat")[0][0]
    assert first.ra_deg == pytest.approx(15 * (4 + 30 / 60 + 57.72 / 3600))
    assert first.dec_deg == pytest.approx(-(69 + 3 / 60 + 37.4 / 3600))


@pytest.mark.parametrize(
    ("name", "star", "period"),
    [
        ("lmc_cep_cepFO4.dat", "OGLE-LMC-CEP-0002", 3.1181490),
        ("lmc_cep_cepFO3.dat", "OGLE-LMC-CEP-0002", 3.1181195),
        ("blg_rrlyr_RRc.dat", "OGLE-BLG-RRLYR-00002", 0.30155349),
        ("blg_rrlyr_RRd.dat", "OGLE-BLG-RRLYR-00039", 0.35828330),
        ("blg_rrlyr_aRRd.dat", "OGLE-BLG-RRLYR-00951", 0.39762222),
        ("gd_rrlyr_RRab.dat", "OGLE-GD-RRLYR-00001", 0.55556356),
        ("gd_rrlyr_RRc.dat", "OGLE-GD-RRLYR-00006", 0.23215600),
        ("gd_rrlyr_RRd.dat", "OGLE-GD-RRLYR-00051", 0.41286870),
        ("gd_rrlyr_aRRd.dat", "OGLE-GD-RRLYR-00887", 0.27407334),
    ],
)
def test_every_row_of_a_table_of_parameters(shared_data, name, star, period):
    text = (shared_data / FOLDER / name).read_text()
    periods = ogle_tables.read_periods(text, name)
    assert periods[star] == period
    assert len(periods) == len(text.splitlines())


@pytest.mark.parametrize(
    ("name", "uncertain", "certain"),
    [
        ("blg_rrlyr_remarks.txt", "OGLE-BLG-RRLYR-00876", "OGLE-BLG-RRLYR-00661"),
        ("gd_rrlyr_remarks.txt", "OGLE-GD-RRLYR-00077", "OGLE-GD-RRLYR-00702"),
    ],
)
def test_remarks_tell_uncertain_stars(shared_data, name, uncertain, certain):
    text = (shared_data / FOLDER / name).read_text()
    found = ogle_tables.read_doubtful(text)
    assert uncertain in found
    assert certain not in found
    assert len(found) == sum("uncertain" in line.lower() for line in text.splitlines())


def test_positions_of_ogle2(shared_data):
    lines = (shared_data / "native/ogle2/lmc_sc1.tab").read_text().splitlines()
    places = [sexagesimal(line) for line in lines]
    assert len(places) == 30
    assert all(75 < ra < 90 and -72 < dec < -68 for ra, dec in places)


def test_acvs_as_a_site_shows_it(shared_data):
    head = (shared_data / "native/acvs/catalogue_of_variable_stars.head.json").read_text()
    rows = json.loads(head[: head.rindex("},") + 1] + "]")
    blank = " -" * 15
    text = "".join(
        f"{row['id']} {row['period']} {row['t0']} {row['vmag']} {row['vamp']} {'/'.join(row['class'])}{blank}\n"
        for row in rows
    )
    stars, bad = asas_catalogue.read_catalogue(text, "ACVS")
    assert bad == []
    for star, row in zip(stars, rows, strict=True):
        place = SkyCoord(row["ra"], row["dec"], unit=("hourangle", "deg"))
        assert SkyCoord(star.ra_deg, star.dec_deg, unit="deg").separation(place).arcsec < 10
        assert (star.source_id, star.period_days) == (row["id"], row["period"] or None)
    assert {star.label for star in stars if "/" not in star.label} <= set(asas_catalogue.LABEL_MAP)


def test_eros2_catalogue(shared_data):
    text = (shared_data / "native/eros2/CEPH_fundamental_EROS+OGLE_for_StarDB.cat").read_text()
    stars, bad = eros2.read_catalogue(text, "cat")
    assert bad == []
    assert stars[0][:5] == ("lm0010k3978", "CEPH_F", 79.88393, -69.07961, 1.2749849441)
    assert Counter(star.label for star in stars) == {"CEPH_F": len(stars)}


def test_richards2012_as_served(shared_data):
    result = ingest("richards2012", shared_data / "real", Survey())
    assert result.table.num_rows == 810
    assert Counter(result.table["label"].to_pylist())["Mira"] == 91
    assert result.dropped == {}
