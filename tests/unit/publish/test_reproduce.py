"""Every packaged number beside that of a second run: the same, within the spread of seeds, different, or missing."""

import json
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from results_folder import write_results

from lctransfer import report
from lctransfer.cli.compose import compose
from lctransfer.errors import LctransferError
from lctransfer.files import write_json
from lctransfer.publish import reproduce as module
from lctransfer.publish.package import package
from lctransfer.publish.reproduce import DIFFERENT, MISSING, SAME, WITHIN, compare, overrides_of, reproduce

ROWS = pd.DataFrame(
    [
        {"survey": "asas", "strategy": name, "fraction": 0.01, "labels": "random", "seed": seed}
        | {"mcc": 0.8 + 0.01 * seed, "m_c": 0.9 + 0.005 * seed}
        for name in ("auto", "extra_trees")
        for seed in range(3)
    ]
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Return an archive of made-up results of experiment smoke, and the folder of its results."""
    directory, data = write_results(
        tmp_path_factory.mktemp("packaged"), experiment="smoke", stars=120, targets=("asas",)
    )
    config = module._plain(compose(["experiment=smoke", "transfer.seeds=3"]))
    write_json(directory / "config.json", config)
    rows = pd.read_parquet(directory / "metrics.parquet")
    rows.assign(labels="stratified").to_parquet(directory / "metrics.parquet")
    report.build(directory, data)
    package(directory, directory.parent / "smoke.zip", data=data)
    return directory.parent / "smoke.zip", directory


def test_the_same_rows_are_the_same_in_any_order():
    table = compare(ROWS, ROWS.sample(frac=1, random_state=0))
    assert table["outcome"].tolist() == [SAME] * 4
    assert table.loc[0, ["packaged", "again", "spread"]].tolist() == pytest.approx([0.81, 0.81, 0.01])


@pytest.mark.parametrize(("shift", "outcome"), [(1e-15, SAME), (0.004, WITHIN), (0.02, DIFFERENT)])
def test_a_shift_is_judged_by_the_spread_over_seeds(shift, outcome):
    again = ROWS.assign(mcc=ROWS["mcc"] + shift * (ROWS["strategy"] == "auto"))
    table = compare(ROWS, again).set_index(["strategy", "metric"])["outcome"]
    assert table["auto", "mcc"] == outcome
    assert table["auto", "m_c"] == table["extra_trees", "mcc"] == SAME


def test_seeds_that_swap_their_values_are_no_same_run():
    again = ROWS.assign(seed=2 - ROWS["seed"])
    assert compare(ROWS, again)["outcome"].tolist() == [WITHIN] * 4


def test_what_the_second_run_lacks_is_missing():
    table = compare(ROWS, ROWS[ROWS["strategy"] == "auto"])
    assert table.groupby("strategy")["outcome"].first().to_dict() == {"auto": SAME, "extra_trees": MISSING}


def test_the_packaged_configuration_is_composed_again():
    config = module._plain(compose(["experiment=smoke", "transfer.seeds=3", "features.oversampling=2.5"]))
    overrides = overrides_of(config, compose)
    assert overrides[0] == "experiment=smoke"
    assert {"++transfer.seeds=3", "++features.oversampling=2.5"} <= set(overrides)
    assert module._plain(compose(overrides)) == config


def test_a_key_of_another_version_is_refused():
    config = module._plain(compose(["experiment=smoke"])) | {"warp": {"factor": 9}}
    with pytest.raises(LctransferError, match=r"warp"):
        overrides_of(config, compose)


def test_a_packaged_experiment_runs_again_in_another_folder(archive, tmp_path, monkeypatch):
    asked = []

    def run(overrides, cores):
        asked.append((overrides, cores))
        shutil.copytree(archive[1], Path("results") / "smoke")
        return 0

    monkeypatch.setattr(module, "run", run)
    table = reproduce(archive[0], tmp_path / "again", compose, overrides=["transfer.trees=7"], cores=2)
    assert set(table["outcome"]) == {SAME}
    assert asked[0][0][-1] == "transfer.trees=7"
    told = json.loads((tmp_path / "again/reproduced.json").read_text())
    assert told["outcomes"] == {SAME: len(table), WITHIN: 0, DIFFERENT: 0, MISSING: 0}
    assert len(pd.read_csv(tmp_path / "again/reproduced.csv")) == len(table)


def test_a_run_that_fails_is_a_sentence(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "run", lambda *_: 1)
    with pytest.raises(LctransferError, match="did not end well"):
        reproduce(archive[0], tmp_path / "again", compose)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda path: path.write_bytes(b"no archive"), "is no archive that"),
        (lambda path: path.unlink(), "There is no file"),
        (lambda path: path.write_bytes(path.read_bytes()[:3000]), "is no archive that"),
    ],
)
def test_a_damaged_archive_is_a_sentence(damage, sentence, archive, tmp_path):
    shutil.copy(archive[0], tmp_path / "smoke.zip")
    damage(tmp_path / "smoke.zip")
    with pytest.raises(LctransferError, match=sentence):
        reproduce(tmp_path / "smoke.zip", tmp_path / "again", compose)


def test_a_changed_number_is_noticed(archive, tmp_path):
    with zipfile.ZipFile(archive[0]) as held, zipfile.ZipFile(tmp_path / "smoke.zip", "w") as changed:
        for name in held.namelist():
            content = held.read(name)
            changed.writestr(name, content.replace(b'"seeds": 3', b'"seeds": 9') if "config.json" in name else content)
    with pytest.raises(LctransferError, match=r"config\.json is not as it was packaged"):
        reproduce(tmp_path / "smoke.zip", tmp_path / "again", compose)
