"""Words of catalogues mean the nodes that the table of facts says, under their own vocabulary only."""

import csv
from itertools import pairwise

import pytest

from lctransfer.errors import LctransferError
from lctransfer.stages.evaluate import Comparison, evaluate
from lctransfer.table.class_map import classes_of, read_class_map
from lctransfer.table.vocabularies import TITLES, detect, meaning, tables
from lctransfer.taxonomy import members, superclass
from lctransfer.transfer.mapping import merge_matrix

KEYS = {
    "VSX": "vsx", "Gaia": "gaia", "ASAS-SN": "asassn", "ATLAS": "atlas", "ZTF CPVS": "cpvs", "ZTF SCoPe": "scope",
    "ALeRCE": "alerce", "OGLE": "ogle", "SIMBAD": "simbad", "Catalina": "catalina", "MACHO": "macho",
    "ELAsTiCC": "elasticc", "TESS": "tess", "tdtax": "tdtax", "MACC": "macc", "Deep-LC": "deeplc",
}  # fmt: skip


def test_the_words_of_the_table_of_facts_are_recognised_and_none_wrongly(shared_data):
    with open(shared_data.parent / "facts" / "class_words.tsv", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    wrong, right, total = [], 0, 0
    for row in rows:
        key = next(key for lead, key in KEYS.items() if row["vocabulary"].startswith(lead))
        found, node = meaning(row["word"], key), row["lctransfer_node"]
        nodes = found.nodes.split("|") if found and found.nodes else []
        if node in ("new", "none"):
            wrong += [row["word"]] if nodes else []
            continue
        total += 1
        right += node in nodes
        wrong += [row["word"]] if nodes and node not in nodes else []
    assert not wrong
    assert right >= 0.95 * total


def test_every_node_of_every_vocabulary_is_of_the_taxonomy():
    assert set(tables()) == set(TITLES)
    for words in tables().values():
        assert words
        assert all(not nodes or members(nodes) for nodes in words.values())


@pytest.mark.parametrize(
    ("word", "vocabulary", "nodes"),
    [
        ("EB", "vsx", "EB_ESD"),
        ("ECL", "gaia", "EB"),
        ("RRAB:", "vsx", "RRL_ab"),
        ("RR*?", "simbad", "RRL"),
        ("EA|EB", "vsx", "EB_ED|EB_ESD"),
        ("EA+DSCT", "vsx", "EB_ED"),
        ("EA/RS", "vsx", "EB_ED"),
        ("EW(B)", "vsx", "EB_EC"),
        ("CEP(B)", "vsx", "CEPH_Other"),
        ("DSCT|GDOR|SXPHE", "gaia", "DSCT|GDOR"),
        ("4", "catalina", "RRL_ab"),
        ("rrab", "vsx", "RRL_ab"),
        ("CV", "vsx", ""),
    ],
)
def test_suffixes_and_compound_words(word, vocabulary, nodes):
    assert meaning(word, vocabulary).nodes == nodes


def test_a_vocabulary_is_detected_only_where_that_is_unambiguous():
    assert detect(["M", "EB", "RRAB", "EA"]).vocabulary == "vsx"
    assert detect(["DSCT|GDOR|SXPHE", "ECL", "LPV"]).vocabulary == "gaia"
    assert detect(["Mira", "Semireg_PV", "RR_Lyrae_FM"]).vocabulary == "macc"
    assert detect(["EB", "DSCT", "RRL"]).vocabulary == ""
    assert detect(["1", "2", "3"]).vocabulary == ""
    assert detect(["eclipsing", "NOISE", "RRAB"]).vocabulary == ""
    found = detect(["EB", "DSCT"])
    assert not found.vocabulary
    assert "EB is taken as EB_EC, EB_ED, EB_ESD; in AAVSO VSX and GCVS it is EB_ESD: --vocabulary vsx" in found.sentence


def test_words_become_classes_by_the_map_first_then_by_the_vocabulary():
    counts = {"RRAB": 3, "EB": 2, "CV": 1, "odd": 1}
    made = classes_of(counts, {"odd": None, "EB": "EB"}, "vsx")
    assert made.names == {"RRAB": "RRL_ab", "EB": "EB", "CV": "CV", "odd": None}
    said = made.sentences(counts, ["RRL_ab", "EB_EC"])
    assert said[0] == "Words that the source knows: EB, RRAB = RRL_ab."
    assert said[1].startswith("Words that it does not know: CV (1).")
    assert said[2] == "Words left out by the class map: odd."
    assert classes_of(counts, {}, "none").names["RRAB"] == "RRAB"
    with pytest.raises(LctransferError, match="There is no vocabulary 'klingon'"):
        classes_of(counts, {}, "klingon")


def test_a_class_map_ties_a_word_to_several_nodes_and_keeps_words_as_written(tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text(
        "EB_contact_semidetached: [EB_EC, EB_ESD]\n'DSCT|GDOR|SXPHE': [DSCT, GDOR]\n010: RRL_ab\nNO: null\n"
    )
    found = read_class_map(path)
    assert found == {
        "EB_contact_semidetached": "EB_EC|EB_ESD",
        "DSCT|GDOR|SXPHE": "DSCT|GDOR",
        "010": "RRL_ab",
        "NO": None,
    }
    assert members("EB_EC|EB_ESD") == ("EB_EC", "EB_ESD")
    assert members("EB_EC|klingon") == ()
    assert superclass("EB_EC|EB_ESD") == "EB"
    matrix = merge_matrix(("EB_EC", "EB_ED", "EB_ESD", "DSCT", "GDOR"), ["EB_EC|EB_ESD", "EB_ED", "DSCT|GDOR"])
    assert matrix.tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]


BILLION = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefghij")
)
"""A few lines that stand for a billion words."""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("RRAB: RRL_ab\nRRAB: DSCT\n", "has the word 'RRAB' twice"),
        ("RRAB: [RRL_ab, klingon]\n", "'klingon', which is no class"),
        ("RRAB: {a: b}\n", "must hold lines such as"),
        ("- RRAB\n", "must hold lines such as"),
        (BILLION, "line 2 is none"),
        ("&a [*a]\n", "must hold lines such as"),
        ("[" * 50_000, "nested too deeply"),
        ("RRAB: &a RRL_ab\n  - b\n", "'RRL_ab - b', which is no class"),
        ("RRAB: RRL_ab\n---\nEW: EB_EC\n", "cannot be read"),
        ("? [a, b]\n: RRL_ab\n", "must hold lines such as"),
        ("RRAB: \x07\n", "cannot be read"),
        ("RRAB: " + "x" * 50_000, r"^.{,2000}$"),
        ("# " + "x" * 1_000_000, "more than 1000000 bytes"),
        ("RRAB: klingon\n", "'klingon', which is no class"),
    ],
)
def test_a_bad_class_map_is_a_sentence(tmp_path, text, sentence):
    (tmp_path / "map.yaml").write_text(text)
    with pytest.raises(LctransferError, match=sentence):
        read_class_map(tmp_path / "map.yaml")


def test_a_class_map_may_name_a_class_and_use_it_again_and_have_any_line_ends(tmp_path):
    (tmp_path / "map.yaml").write_bytes(b"\xef\xbb\xbfRRAB: &a RRL_ab\r\nRR0: *a\r\nEW: [EB_EC, EB_ESD]\r\n")
    assert read_class_map(tmp_path / "map.yaml") == {"RRAB": "RRL_ab", "RR0": "RRL_ab", "EW": "EB_EC|EB_ESD"}


def test_the_summary_says_first_which_words_are_known(shared_data, tmp_path):
    table = shared_data / "cases" / "own" / "01_reference_gcvs_words.parquet"
    comparison = Comparison(["simulated"], ["zero_label"], fractions=[0.3], seeds=[0], min_class_size=5)
    evaluate(table, tmp_path, None, comparison)
    lines = (tmp_path / "summary.txt").read_text().splitlines()
    assert lines[0].startswith("The labels are read as words of AAVSO VSX and GCVS")
    assert "EB = EB_ESD" in lines[1]
