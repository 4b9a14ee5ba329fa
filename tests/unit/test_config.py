"""The configuration refuses what it does not know, in one sentence that helps."""

import json
import re
from dataclasses import fields

import pytest

from lctransfer.cli.compose import compose
from lctransfer.config import (
    CONFIG_DIRECTORY,
    Archive,
    Features,
    Model,
    Novelty,
    Pretrain,
    Sensitivity,
    Survey,
    Tracking,
    Transfer,
    from_json,
    to_json,
)
from lctransfer.errors import LctransferError

EXPERIMENTS = sorted(path.stem for path in (CONFIG_DIRECTORY / "experiment").glob("*.yaml"))


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_composes(experiment):
    own = ["surveys.custom.table=stars.parquet"] if experiment == "custom" else []
    config = compose([f"experiment={experiment}", *own])
    assert config.experiment == experiment
    assert set(config.sources + config.targets) <= set(config.surveys)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (["experiment=custom"], "surveys.custom.table is empty"),
        (["features.set=lctransfer"], "the network sees upsilon. Set it to both"),
        (["features.set=upsilon", "pretrain.features=lctransfer"], "the network sees lctransfer"),
        (["experiment=quickstart", "features.set=lctransfer"], "the network sees upsilon"),
    ],
)
def test_what_does_not_fit_together_is_a_sentence(overrides, sentence):
    with pytest.raises(LctransferError, match=sentence):
        compose(overrides)


def test_an_override_wins_over_the_experiment():
    assert compose(["experiment=smoke"]).transfer.seeds == 2
    assert compose(["experiment=smoke", "transfer.seeds=7"]).transfer.seeds == 7


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("transfer.seed=3", r"no configuration key transfer\.seed \(did you mean transfer\.seeds\?\)"),
        ("surveys.ogle.star=3", r"did you mean surveys\.ogle\.stars\?"),
        ("transfer.seeds=0", r"transfer\.seeds is 0, but must be at least 1"),
        ("transfer.seeds=abc", r"transfer\.seeds cannot be taken: Value 'abc'"),
        ("transfer.fractions=[0.1,2]", r"transfer\.fractions is 2\.0, but must be at most 0\.9"),
        ("pretrain.learning_rate=nan", r"pretrain\.learning_rate is nan, but must be at least"),
        ("features.set=best", r"features\.set is 'best', but must be one of upsilon"),
        ("sensitivity.survey=kepler", r"sensitivity\.survey is 'kepler', but must be a target: asas"),
        ("novelty.strategies=[tree]", r"novelty\.strategies is 'tree', but must be one of"),
        ("targets=[kepler]", r"targets names 'kepler', but must be among the surveys"),
        ("experiment=paperr", r"demo"),
        ("transfer.strategies=[extra_treees]", r"transfer\.strategies is 'extra_treees', but must be one of"),
    ],
)
def test_a_bad_value_is_one_sentence_with_key_value_and_what_is_allowed(override, sentence):
    with pytest.raises(LctransferError) as caught:
        compose([override])
    assert re.search(sentence, str(caught.value))
    assert "\n" not in str(caught.value)


def test_a_typo_in_a_yaml_file_is_refused_too(tmp_path):
    (tmp_path / "config.yaml").write_text("defaults: [schema, _self_]\ntransfer: {sedes: 3}\n")
    with pytest.raises(LctransferError, match=r"transfer\.sedes \(did you mean transfer\.seeds\?\)"):
        compose([], tmp_path)


def test_the_canonical_line_does_not_depend_on_the_order_of_keys():
    line = to_json(Transfer(seeds=3))
    shuffled = dict(reversed(json.loads(line).items()))
    assert to_json(from_json(Transfer, json.dumps(shuffled))) == line


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not valid JSON"),
        ('{"sets": 1}', "no key sets in features"),
        ('{"oversampling": 0}', "must be at least 1"),
    ],
)
def test_settings_typed_by_hand_are_checked(text, sentence):
    with pytest.raises(LctransferError, match=sentence):
        from_json(Features, text)


@pytest.mark.parametrize(
    "section", [Archive, Survey, Features, Model, Pretrain, Transfer, Sensitivity, Novelty, Tracking]
)
def test_every_key_says_what_it_means(section):
    assert all(item.metadata["help"] for item in fields(section))
