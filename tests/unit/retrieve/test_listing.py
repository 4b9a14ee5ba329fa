"""What an experiment would fetch, for a person to read."""

from lctransfer.cli.compose import compose
from lctransfer.retrieve.listing import listing


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
    for expected in ("star by star: up to 2.1 h", "memory: 4 GB; disk:", "1,980 fits"):
        assert expected in text
