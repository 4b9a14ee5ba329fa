"""A user repairs an address, a byte layout or a word without touching code."""

from collections import Counter
from dataclasses import asdict

import pytest

from lctransfer.cli.compose import compose
from lctransfer.config import Survey
from lctransfer.errors import LctransferError
from lctransfer.simulate import simulate
from lctransfer.stages import ingest
from lctransfer.surveys import asas_catalogue, corrected, hipparcos_tables, ogle, overrides, remote_files, write_archive
from lctransfer.surveys.ogle_collections import BY_NAME

LMC = "".join(f"{f'OGLE-LMC-ECL-{i:05d}':<36}NEW 05:{i:02d}:51.28 -69:11:22.3\n" for i in range(9))


def test_words_of_a_collection_get_the_class_that_the_user_says(tmp_path):
    folder = tmp_path / BY_NAME["ogle3/lmc/ecl"].directory
    folder.mkdir(parents=True)
    (folder / "ident.dat").write_text(LMC)
    with pytest.raises(LctransferError, match="9 have ECL_NEW"):
        ogle.catalogue(tmp_path, [], Counter())
    known = corrected("ogle", {"ogle3/lmc/ecl": {"words": {"NEW": "EB_ED"}}})
    stars = ogle.catalogue(tmp_path, [], Counter(), known)
    assert len(stars) == 9
    assert overrides.words_of(known) == {"ECL_NEW": "EB_ED"}


def test_words_reach_the_table(tmp_path):
    write_archive("asas", simulate("asas", 40, 1), tmp_path)
    before = Counter(ingest.ingest("asas", tmp_path, Survey(min_epochs=2)).table["class_name"].to_pylist())
    changed = Survey(min_epochs=2, overrides={"acvs": {"words": {"EC": "EB_ED"}}})
    after = Counter(ingest.ingest("asas", tmp_path, changed).table["class_name"].to_pylist())
    assert (after["EB_EC"], after["EB_ED"]) == (0, before["EB_ED"] + before["EB_EC"])


def test_bytes_of_a_subtype_can_be_said():
    line = "OGLE-SMC-ECL-0001  NC      100 C   00:21:51.28 -73:11:22.3\n"
    collection = BY_NAME["ogle3/smc/ecl"]
    from lctransfer.surveys import ogle_tables

    known = corrected("ogle", {"ogle3/smc/ecl": {"columns": {"type": "32-33"}}})
    (star,), bad = ogle_tables.read_ident(line, ogle_tables.corrected(collection, known), "ident.dat")
    assert (star.label, bad) == ("ECL_C", [])


def test_columns_of_acvs_and_bytes_of_hipparcos_can_be_said():
    places = asas_catalogue.PLACES | {"PER": 6, "TYPE": 2}
    (star,), bad = asas_catalogue.read_catalogue("034242-1234.5 RRAB 0.0 12.1 0.5 0.55\n", "ACVS", places)
    assert (star.label, star.period_days, bad) == ("RRAB", 0.55, [])
    line = " " + f"{7:6d}                P EA{9.64:14.3f}{1.2345678:28.7f}".ljust(142)
    fields = {name: (first + 1, last + 1) for name, (first, last) in hipparcos_tables.FIELDS.items()}
    stars, bad = hipparcos_tables.read_catalogue(line, "hip_va_1", fields)
    assert (stars[0].label, stars[0].period_days, bad) == ("EA", 1.2345678, [])


@pytest.mark.parametrize(
    ("survey", "values", "urls"),
    [
        ("asas", {"acvs": {"url": "https://x.org/a.gz"}}, {"https://x.org/a.gz"}),
        ("ogle", {"ogle4/lmc/cep": {"url": "https://x.org/cep/"}}, {"https://x.org/cep/ident.dat"}),
    ],
)
def test_an_address_replaces_all_known_ones(survey, values, urls):
    files = overrides.apply(remote_files(survey, [], "live"), corrected(survey, values))
    assert urls <= {address for file in files for address in file.urls}
    (name,) = values
    assert {len(file.urls) for file in files if file.collection == name} == {1}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"ogle4/lmc/xyz": {}}, "no collection 'ogle4/lmc/xyz'"),
        ({"ogle4/lmc/cep": {"adress": "x"}}, "any of the keys url, mirror, columns, words"),
        ({"ogle4/lmc/cep": {"url": "ftp.org/x"}}, "must start with http"),
        ({"ogle4/lmc/cep": {"columns": {"period": "1-2"}}}, "columns that can be corrected there: type"),
        ({"ogle4/lmc/cep": {"words": {"F": "CEPHEID"}}}, "no class or superclass"),
        ({"ogle4/lmc/cep": "https://x.org"}, "must hold any of the keys"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_fetched(values, said):
    with pytest.raises(LctransferError, match=said):
        corrected("ogle", values)


def test_corrections_come_through_the_configuration():
    made = compose(['surveys.ogle.overrides={ogle3/smc/ecl:{url:"https://x.org/smc/",words:{NC:EB_ESD}}}'])
    assert asdict(made.surveys["ogle"])["overrides"] == {
        "ogle3/smc/ecl": {"url": "https://x.org/smc/", "words": {"NC": "EB_ESD"}}
    }
    with pytest.raises(LctransferError, match="no collection 'smc'"):
        compose(["surveys.ogle.overrides={smc:{url:x}}"])
