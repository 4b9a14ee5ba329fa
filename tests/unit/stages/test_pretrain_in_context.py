"""How the in-context network learns: simulated surveys, tasks, and a file that can be shipped."""

import csv

import pytest

from lctransfer.cli.main import main
from lctransfer.models import in_context
from lctransfer.stages import pretrain_in_context


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(pretrain_in_context, "PER_KIND", 4)
    monkeypatch.setattr(pretrain_in_context, "STEPS_PER_SURVEY", 3)
    monkeypatch.setattr(pretrain_in_context, "TASKS_TO_VALIDATE", 12)


def test_the_same_seed_makes_the_same_network_from_features_that_are_kept(small, tmp_path):
    assert main(["pretrain", "--in-context", "2", "-o", str(tmp_path)]) == 0
    first = (tmp_path / "in_context.safetensors").read_bytes()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "features").iterdir()}
    assert main(["pretrain", "--in-context", "2", "-o", str(tmp_path)]) == 0
    assert (tmp_path / "in_context.safetensors").read_bytes() == first
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert in_context.load(tmp_path / "in_context.safetensors").sizes == in_context.shipped().sizes
    (row,) = csv.DictReader((tmp_path / "history.csv").open())
    assert int(row["step"]) == 6
    assert float(row["validation_loss"]) > 0


@pytest.mark.parametrize("more", [["--simulated", "100"], ["--take", "released.pt"], ["features.parquet"]])
def test_only_one_thing_is_learnt_from(more, tmp_path, capsys):
    assert main(["pretrain", *more, "--in-context", "2", "-o", str(tmp_path)]) != 0
    assert "2 of them given" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_something_must_be_learnt_from(tmp_path, capsys):
    assert main(["pretrain", "-o", str(tmp_path)]) != 0
    assert "none of them given" in capsys.readouterr().err
