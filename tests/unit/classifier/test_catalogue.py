"""The catalogue: a row per source, in order, the same bytes whatever the batches, the workers and the kills."""

import json
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from damaged import change_each_byte
from two_classes import light_curves

from lctransfer.classifier import catalogue
from lctransfer.classifier.model import FittedModel, open_model
from lctransfer.classifier.partition import classify_partition
from lctransfer.classifier.training import Labels
from lctransfer.config import Features, Fit, Transfer
from lctransfer.errors import LctransferError
from lctransfer.files import SEAL, read_json, write_json
from lctransfer.stages.classify import Execution, classify
from lctransfer.stages.fit import FitOptions, fit

FAST = FitOptions(
    Fit(strategy="extra_trees", folds=3), Transfer(trees=20), Features(set="upsilon", min_period_days=0.2)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with stars (a third without labels), their features' table, and a model of them."""
    root = tmp_path_factory.mktemp("catalogue")
    table = light_curves(90)
    unlabelled = [name if i % 3 else None for i, name in enumerate(table["label"].to_pylist())]
    pq.write_table(table.set_column(1, "label", pa.array(unlabelled)), root / "stars.parquet")
    fit(root / "stars.parquet", root / "model", "none", options=FAST)
    return root


@pytest.fixture(scope="module")
def whole(folder):
    """Return the catalogue of all stars."""
    classify(folder / "model", folder / "stars.parquet", folder / "whole.parquet")
    return pq.read_table(folder / "whole.parquet")


def test_every_source_has_a_row_in_order_and_an_answer_or_a_reason(folder, whole):
    stars = pq.read_table(folder / "stars.parquet")
    assert whole["source_id"].equals(stars["source_id"])
    assert whole["label"].equals(stars["label"])
    found = whole.to_pandas()
    assert found.loc[3, "flag"] == "too_few_epochs"
    assert found.loc[3, ["class", "confidence", "conformal_set", "novelty_score", "p_EB_ED"]].isna().all()
    told = found.drop(index=3)
    assert (told["flag"] == "ok").all()
    shares = told[["p_EB_ED", "p_RRL_ab"]]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-6)
    assert (told["class"] == [name.removeprefix("p_") for name in shares.idxmax(axis=1)]).all()
    assert (told["confidence"] == shares.max(axis=1)).all()
    assert set(zip(told["class"], told["broad_class"])) == {("EB_ED", "EB"), ("RRL_ab", "RRL")}
    truth = np.array(light_curves(90)["label"].to_pylist())
    assert (told["class"] == truth[told.index]).mean() > 0.9
    assert found["median_mag"].between(11.5, 12.5).all()


def test_nothing_depends_on_order_neighbours_or_kind_of_input(folder, whole):
    model, stars = FittedModel.load(folder / "model"), pq.read_table(folder / "stars.parquet")
    order = np.random.default_rng(0).permutation(len(stars))
    shuffled = classify_partition(stars.take(order), model)
    assert shuffled.take(np.argsort(order)).equals(whole)
    alone = [classify_partition(stars.slice(i, 1), model) for i in (0, 3, 50)]
    assert pa.concat_tables(alone).equals(whole.take([0, 3, 50]))
    named = classify_partition(stars.to_pandas().set_index(np.arange(90) * 2), model)
    assert list(named.index) == list(range(0, 180, 2))
    assert pa.Table.from_pandas(named, preserve_index=False).cast(whole.schema).equals(whole)


def test_an_empty_frame_has_the_columns(folder, whole):
    empty = classify_partition(pq.read_table(folder / "stars.parquet").slice(0, 0), FittedModel.load(folder / "model"))
    assert len(empty) == 0
    assert empty.schema.equals(whole.schema)
    assert empty.schema.metadata == whole.schema.metadata


def test_shards_joined_are_the_whole_and_threads_do_not_matter(folder, whole, tmp_path):
    for part in (1, 2, 3):
        classify(
            folder / "model",
            folder / "stars.parquet",
            tmp_path / f"{part}.parquet",
            execution=Execution(threads=part, shard=(part, 3)),
        )
    assert pa.concat_tables([pq.read_table(tmp_path / f"{part}.parquet") for part in (1, 2, 3)]).equals(whole)


@pytest.fixture
def small_parts(monkeypatch):
    """Let parts have 32 rows, and blocks too."""
    monkeypatch.setattr(catalogue, "BLOCK", 32)
    monkeypatch.setattr(catalogue, "LEAST_ROWS", 32)
    monkeypatch.setattr("lctransfer.classifier.partition.BLOCK", 32)


def test_what_was_interrupted_goes_on_to_the_same_bytes(folder, tmp_path, small_parts, monkeypatch):
    model, stars = folder / "model", folder / "stars.parquet"
    classify(model, stars, tmp_path / "at_once.parquet")
    write = catalogue.Catalogue._write

    def killed(self, number, blocks):
        if number == 1:
            raise KeyboardInterrupt
        write(self, number, blocks)

    monkeypatch.setattr(catalogue.Catalogue, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        classify(model, stars, tmp_path / "resumed.parquet")
    monkeypatch.setattr(catalogue.Catalogue, "_write", write)
    assert not (tmp_path / "resumed.parquet").exists()
    with pytest.raises(LctransferError, match="another run"):
        classify(
            folder / "model", folder / "stars.parquet", tmp_path / "resumed.parquet", execution=Execution(shard=(1, 2))
        )
    made = []
    monkeypatch.setattr(catalogue.Catalogue, "_write", lambda self, n, b: (made.append(n), write(self, n, b)))
    classify(model, stars, tmp_path / "resumed.parquet")
    assert made == [1, 2]
    assert (tmp_path / "resumed.parquet").read_bytes() == (tmp_path / "at_once.parquet").read_bytes()
    assert not (tmp_path / "resumed.parquet.parts").exists()


def test_a_name_without_an_ending_is_a_folder_of_parts_that_any_reader_joins(folder, whole, tmp_path, small_parts):
    classify(folder / "model", folder / "stars.parquet", tmp_path / "parts")
    assert len(list((tmp_path / "parts").glob("*.parquet"))) == 3
    assert pq.read_table(tmp_path / "parts").equals(whole)
    assert read_json(tmp_path / "parts" / "_manifest.json")["part_rows"] == 32


@pytest.mark.parametrize("ending", ["csv", "ecsv", "fits", "vot"])
def test_other_formats_hold_the_same_with_units_and_ucds(folder, whole, tmp_path, ending):
    from astropy.table import Table

    path = tmp_path / f"catalogue.{ending}"
    classify(folder / "model", folder / "stars.parquet", path)
    if ending == "csv":
        back = pa.csv.read_csv(path).to_pandas()
        told = json.loads((tmp_path / "catalogue.csv.json").read_text())
        ucds = {column["name"]: column["ucd"] for column in told["columns"]}
        assert told["model"]["digest"]
    else:
        table = Table.read(path)
        table.convert_bytestring_to_unicode()
        back = table.to_pandas()
        ucds = {name: table[name].meta.get("ucd") for name in table.colnames}
        if ending == "fits":
            from astropy.io import fits

            header = fits.getheader(path, 1)
            ucds = {header[f"TTYPE{i}"]: header[f"TUCD{i}"] for i in range(1, header["TFIELDS"] + 1)}
        elif ending == "vot":
            from astropy.io.votable import parse_single_table

            ucds = {field.name: field.ucd for field in parse_single_table(str(path)).fields}
    assert ucds["class"] == "src.class"
    assert ucds["period_days"] == "time.period"
    assert list(back["source_id"].astype(str)) == whole["source_id"].to_pylist()
    classes = back["class"].astype(object)
    assert classes.where(classes.notna(), "").tolist() == [name or "" for name in whole["class"].to_pylist()]
    assert back["confidence"].to_numpy(float)[:3] == pytest.approx(whole["confidence"].to_numpy()[:3], rel=1e-6)
    assert pd.isna(back["confidence"][3])


def test_the_metadata_say_which_model_and_versions(folder, whole):
    told = json.loads(whole.schema.metadata[b"lctransfer"])
    assert told["model"]["digest"] == FittedModel.load(folder / "model").digest
    assert told["classes"] == ["EB_ED", "RRL_ab"]
    assert told["conformal_level"] == 0.9
    assert told["model"]["expected"]["mcc"]["value"] > 0.9
    assert whole.schema.field("period_days").metadata == {
        b"unit": b"d",
        b"ucd": b"time.period",
        b"description": b"Period of the highest peak, doubled where the light curve says so",
    }


@pytest.mark.parametrize("target", ["stars.parquet", "model", "model/catalogue.parquet", ".", "x.xlsx"])
def test_inputs_are_never_written_over(folder, target, monkeypatch):
    monkeypatch.chdir(folder)
    before = (folder / "stars.parquet").read_bytes()
    with pytest.raises(LctransferError):
        classify("model", "stars.parquet", target)
    assert (folder / "stars.parquet").read_bytes() == before


def test_a_part_that_cannot_be_read_is_named_and_costs_itself(folder, whole, tmp_path, small_parts):
    stars = pq.read_table(folder / "stars.parquet")
    pq.write_table(stars, tmp_path / "stars.parquet", row_group_size=32, compression="none")
    group = pq.ParquetFile(tmp_path / "stars.parquet").metadata.row_group(1)
    content = bytearray((tmp_path / "stars.parquet").read_bytes())
    places = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    start = places["time.list.element"].dictionary_page_offset or places["time.list.element"].data_page_offset
    content[start : start + 40] = bytes(40)
    (tmp_path / "stars.parquet").write_bytes(content)
    with pytest.raises(LctransferError, match=r"Rows 32 to 63.*skip-unreadable"):
        classify(folder / "model", tmp_path / "stars.parquet", tmp_path / "out.parquet")
    again = Execution(restart=True, skip_unreadable=True)
    classify(folder / "model", tmp_path / "stars.parquet", tmp_path / "out.parquet", execution=again)
    found = pq.read_table(tmp_path / "out.parquet")
    assert found["source_id"].equals(stars["source_id"])
    assert set(found["flag"].to_pylist()[32:64]) == {"unreadable"}
    assert found.slice(0, 32).equals(whole.slice(0, 32))
    assert found.slice(64).equals(whole.slice(64))


def test_without_any_label_the_source_answers_and_says_what_that_is_worth(folder, tmp_path, capsys):
    classify("simulated", folder / "stars.parquet", tmp_path / "out.parquet")
    assert "NO LABEL was used" in capsys.readouterr().err
    found = pq.read_table(tmp_path / "out.parquet").to_pandas()
    assert len(found) == 90
    assert found["conformal_set"].isna().all()
    assert found["class"].notna().sum() == 89
    assert len([name for name in found if name.startswith("p_")]) == len(open_model("simulated").classes) > 20


def test_a_model_that_would_say_something_else_now_is_refused(folder, tmp_path):
    import safetensors.numpy

    shutil.copytree(folder / "model", tmp_path / "model")
    card = tmp_path / "model" / "card.json"
    unsealed = {name: value for name, value in read_json(card).items() if name not in ("files", SEAL)}
    write_json(card, unsealed)  # as older versions wrote it
    kept = tmp_path / "model" / "calibration.safetensors"
    arrays = safetensors.numpy.load_file(kept)
    for name, words in (("check_features", "features of a light curve differ"), ("check_probabilities", "other proba")):
        kept.write_bytes(safetensors.numpy.save({**arrays, name: arrays[name] + 0.01}))
        with pytest.raises(LctransferError, match=words):
            FittedModel.load(tmp_path / "model")
    kept.write_bytes(safetensors.numpy.save(arrays))
    write_json(card, {**unsealed, "format": 99})
    with pytest.raises(LctransferError, match="format 99"):
        FittedModel.load(tmp_path / "model")


@pytest.mark.parametrize("name", ["classifier.json", "classifier.safetensors", "calibration.safetensors", "card.json"])
def test_a_changed_byte_in_any_file_of_a_model_is_refused(folder, tmp_path, name):
    shutil.copytree(folder / "model", tmp_path / "model")
    path = tmp_path / "model" / name
    for _ in change_each_byte(path, -1, 12):
        with pytest.raises(LctransferError, match=str(tmp_path)):
            FittedModel.load(tmp_path / "model")
    path.unlink()
    with pytest.raises(LctransferError, match=str(tmp_path)):
        FittedModel.load(tmp_path / "model")


def test_a_classifier_without_its_digest_is_refused_since_no_version_of_its_format_wrote_such(folder, tmp_path):
    shutil.copytree(folder / "model", tmp_path / "model")
    for path in (tmp_path / "model" / "classifier.json", tmp_path / "model" / "card.json"):
        write_json(path, {name: value for name, value in read_json(path).items() if name not in ("files", SEAL)})
    with pytest.raises(LctransferError, match=r"classifier.json was changed since it was written.*Write it again\.$"):
        FittedModel.load(tmp_path / "model")


def test_a_card_that_was_edited_on_purpose_is_taken_without_its_digest(folder, tmp_path):
    shutil.copytree(folder / "model", tmp_path / "model")
    card = read_json(tmp_path / "model" / "card.json") | {"licence": "CC-BY-4.0"}
    write_json(tmp_path / "model" / "card.json", card)
    with pytest.raises(LctransferError, match=f"take its line {SEAL} out"):
        FittedModel.load(tmp_path / "model")
    write_json(tmp_path / "model" / "card.json", {name: value for name, value in card.items() if name != SEAL})
    assert FittedModel.load(tmp_path / "model").card["licence"] == "CC-BY-4.0"


def test_a_classifier_saved_from_python_is_taken_without_sets(folder, tmp_path, capsys):
    FittedModel.load(folder / "model").classifier.save(tmp_path / "bare")
    classify(tmp_path / "bare", folder / "stars.parquet", tmp_path / "out.parquet")
    assert "no card" in capsys.readouterr().err
    assert pq.read_table(tmp_path / "out.parquet")["conformal_set"].null_count == 90


def test_no_rows_give_no_rows(folder, whole, tmp_path):
    pq.write_table(pq.read_table(folder / "stars.parquet").slice(0, 0), tmp_path / "none.parquet")
    classify(folder / "model", tmp_path / "none.parquet", tmp_path / "out.parquet")
    found = pq.read_table(tmp_path / "out.parquet")
    assert (len(found), found.column_names) == (0, whole.column_names)


def test_labels_in_a_file_of_their_own_give_the_same_model(folder, tmp_path):
    stars = pq.read_table(folder / "stars.parquet")
    pq.write_table(stars.drop_columns("label"), tmp_path / "stars.parquet")
    known = stars.select(["source_id", "label"]).to_pandas().dropna()
    labels = Labels(tmp_path / "labels.csv")
    known.sample(frac=1, random_state=0).to_csv(labels.path, index=False)
    found = fit(tmp_path / "stars.parquet", tmp_path / "model", "none", labels=labels, options=FAST)
    kept = FittedModel.load(folder / "model")
    X = pd.DataFrame(np.random.default_rng(0).uniform(0, 2, (9, len(kept.inputs))), columns=kept.inputs)
    assert np.array_equal(found.predict(X)[0], kept.predict(X)[0])
    known.assign(source_id="x" + known["source_id"]).to_csv(labels.path, index=False)
    with pytest.raises(LctransferError, match="No source_id of"):
        fit(tmp_path / "stars.parquet", tmp_path / "model", "none", labels=labels, options=FAST)
