"""The classes, their hierarchy and every survey's label map."""

import pytest

from lctransfer.errors import LctransferError
from lctransfer.surveys import LABEL_MAPS
from lctransfer.taxonomy import (
    CLASSES,
    FURTHER,
    SYNONYMS,
    check_label_map,
    class_name,
    members,
    superclass,
)
from lctransfer.transfer.mapping import merge_matrix


def test_the_21_classes_in_the_order_of_the_released_encoder():
    assert len(set(CLASSES)) == 21
    assert list(CLASSES) == sorted(CLASSES)


def test_superclasses_divide_the_classes():
    nodes = {superclass(name) for name in CLASSES}
    assert nodes == {"BV", "CEPH", "DSCT", "EB", "LPV", "NonVar", "QSO", "RRL", "T2CEPH"}
    assert sorted({name for node in nodes for name in members(node)} & set(CLASSES)) == list(CLASSES)
    assert sum(len(set(members(node)) & set(CLASSES)) for node in nodes) == len(CLASSES)


def test_a_prefix_counts_only_up_to_an_underscore():
    assert members("EB_E") == ()
    assert members("RRL_a") == ()
    assert members("LPV_SRV") == ("LPV_SRV_AGB_C", "LPV_SRV_AGB_O")


@pytest.mark.parametrize("survey", sorted(LABEL_MAPS))
def test_every_label_map_points_into_the_taxonomy(survey):
    check_label_map(LABEL_MAPS[survey], survey)


def test_words_in_no_map_are_classes_of_their_own():
    label_map = {"RRAB": "RRL_ab", "MISC": None}
    assert [class_name(word, label_map) for word in ("RRAB", "MISC", "GDOR")] == ["RRL_ab", None, "GDOR"]


def test_a_map_to_nowhere_is_refused():
    with pytest.raises(LctransferError, match=r"map\.yaml maps 'RRAB' to 'RRLyr'"):
        check_label_map({"RRAB": "RRLyr"}, "map.yaml")


def test_richards_has_all_its_28_classes():
    assert len(LABEL_MAPS["richards2012"]) == 28


def test_further_classes_are_known_by_their_own_and_by_other_words():
    assert not set(FURTHER) & set(CLASSES)
    assert members("YSO") == ("YSO_HAEBE", "YSO_TTAU")
    for word, name in {"Gamma Doradus": "GDOR", "ChemPeculiar": "ACV", "Slowly Pulsating B-stars": "SPB"}.items():
        assert members(word) == (name,)
    assert set(SYNONYMS.values()) <= set(FURTHER)
    assert superclass("T Tauri") == "YSO"
    check_label_map({"GD": "GDOR"}, "map.yaml")


def test_names_of_several_classes():
    assert members("AGN") == ("QSO", "AGN")
    assert members("GCAS") == ("BV", "BE")
    assert members("T2CEPH") == ("T2CEPH", "T2CEPH_RVTau")
    assert members("RV Tauri") == ("T2CEPH_RVTau",)
    assert set(CLASSES) & {"T2CEPH", "QSO", "BV"} == {"T2CEPH", "QSO", "BV"}


def test_a_source_with_a_finer_class_means_the_others_by_the_wider_one():
    source = ("T2CEPH", "T2CEPH_RVTau", "QSO", "AGN")
    assert merge_matrix(source, ["T2CEPH", "T2CEPH_RVTau", "QSO"]).tolist() == [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0] * 3,
    ]
    assert merge_matrix(source, ["T2CEPH", "AGN"]).tolist() == [[1, 0], [1, 0], [0, 1], [0, 1]]
    # The released model knows one class only, which may be either.
    assert merge_matrix(("T2CEPH",), ["T2CEPH", "T2CEPH_RVTau"]).tolist() == [[0.5, 0.5]]
