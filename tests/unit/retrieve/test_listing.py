"""What an experiment would fetch, for a person to read."""

from lctransfer.cli.compose import compose
from lctransfer.retrieve.listing import BYTES_PER_STAR, STARS, expected, listing
from lctransfer.surveys import MODULES


def test_quickstart_lists_its_downloads_with_sizes_and_what_to_cite():
    text = listing(compose(["experiment=quickstart"]))
    assert "asas_training_set.tar.gz" in text
    assert "state_dict.pt" in text
    assert "4.2 MB in the 3 whose size is known" in text
    assert "Richards et al. 2012" in text.split("To cite:")[1]


def test_the_paper_says_how_sure_it_is_and_what_has_to_be_fetched_by_hand():
    text = listing(compose(["experiment=paper"]))
    assert {"documented", "guess"} <= set(text.split())
    by_hand = text.split("To fetch by hand")[1].split("To cite:")[0]
    assert "eros2" in by_hand
    for survey in ("ogle", "eros2", "asas", "hipparcos", "asassn"):
        assert f"- {survey}: " in text.split("To cite:")[1]
    assert "archive.most_requests" in text
    assert "hipparcos: one byte range" in text
    assert "No live host was ever asked" in text
    for line in ("star by star: up to 1.7 h", "memory: 4 GB; disk: 14 GB", "1,980 fits", "500,000 stars of ogle"):
        assert line in text


def test_every_survey_has_a_scale():
    assert set(MODULES) == set(STARS) == set(BYTES_PER_STAR)


def test_the_plan_of_a_simulated_archive_expects_nothing():
    assert not expected(compose(["experiment=demo"]))
    assert "To expect" in expected(compose(["experiment=paper"]))


def test_a_file_that_a_user_has_an_address_for_is_downloaded():
    given = 'surveys.eros2.overrides={lightcurves:{url:"https://my.host/eros2_lightcurves.tar.gz"}}'
    assert "eros2 eros2_lightcurves.tar.gz: " in listing(compose(["experiment=paper"])).split("To fetch by hand")[1]
    by_hand = listing(compose(["experiment=paper", given])).split("To fetch by hand")[1].split("By hand only")[0]
    assert "eros2 eros2_lightcurves.tar.gz: " not in by_hand
