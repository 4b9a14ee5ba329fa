"""The configuration refuses what it does not know, in one sentence that helps."""

import json
import re
from dataclasses import fields

import numpy as np
import pytest

from lctransfer.cli.compose import compose
from lctransfer.cli.main import main
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
    check,
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
        ("transfer.seeds=abc", r"transfer\.seeds is 'abc', but must be a whole number"),
        ("transfer.seeds=true", r"transfer\.seeds is true, but must be a whole number"),
        ("transfer.seeds=2.0", r"transfer\.seeds is 2\.0, but must be a whole number"),
        ("transfer.epochs=2.5", r"transfer\.epochs is 2\.5, but must be a whole number"),
        ("transfer.trees=1e2", r"transfer\.trees is 100\.0, but must be a whole number"),
        ("transfer.simulated_sky='false'", r"transfer\.simulated_sky is 'false', but must be true or false"),
        ("transfer.fractions=0.1", r"transfer\.fractions is 0\.1, but must be a list"),
        ("transfer.fractions=[0.1,0.1]", r"transfer\.fractions is \[0\.1, 0\.1\], but must be a list without repeats"),
        ("transfer.strategies=[]", r"transfer\.strategies is \[\], but must be a list of at least 1 item"),
        ("transfer=[1]", r"transfer is \[1\], but must be a mapping"),
        ("surveys.asas={stars: true}", r"surveys\.asas\.stars is true, but must be a whole number"),
        ("transfer.seeds={", r"transfer\.seeds=\{ cannot be read: .*quote"),
        ("archive.name=my archive", r"archive\.name is 'my archive', but must be a name of letters"),
        ("transfer.fractions=[0.1,2]", r"transfer\.fractions is 2, but must be at most 0\.9"),
        ("pretrain.learning_rate=nan", r"pretrain\.learning_rate is nan, but must be a finite number"),
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


PATHS = [
    "a=b/(x)#{y}, z/stars.parquet",
    "it's \\'here.parquet",
    "[1]",
    "C:\\stars\\",
    "ö: ü",
    "aé星/stars.parquet",
    "~me/stars",
]
PATHS += ["a~b", "a\nb", "a\tb", "$HOME", "a%20b", "-a", "007", "1e3", "1_000", "true", "nan"]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_taken_as_it_stands(path):
    assert compose([f"surveys.custom.table={path}"]).surveys["custom"].table == path


def test_quotes_and_interpolations_are_left_to_hydra(monkeypatch):
    monkeypatch.setenv("STARS", "a b.parquet")
    assert compose(["surveys.custom.table='a=b'"]).surveys["custom"].table == "a=b"
    assert compose(["surveys.custom.table=${oc.env:STARS}"]).surveys["custom"].table == "a b.parquet"


def test_an_old_name_is_taken_and_told(capsys):
    assert compose(["unlike.seeds=7"]).novelty.seeds == 7
    assert "unlike is called novelty now" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"simulated_sky": "false"}, "simulated_sky is 'false', but must be true or false"),
        ({"epochs": 2.5}, "epochs is 2.5, but must be a whole number"),
        ({"seeds": True}, "seeds is true, but must be a whole number"),
        ({"fractions": 0.1}, "fractions is 0.1, but must be a list"),
    ],
)
def test_settings_of_another_type_are_refused_by_every_way_in(settings, sentence, capsys):
    with pytest.raises(LctransferError, match=sentence):
        from_json(Transfer, json.dumps(settings))
    with pytest.raises(LctransferError, match=sentence):
        check(Transfer(**settings))
    arguments = ["transfer", "f", "--source", "s", "--survey", "x", "--strategy", "auto", "-o", "o"]
    assert main([*arguments, "--settings", json.dumps(settings)]) == 2
    assert sentence in capsys.readouterr().err


def test_numbers_of_numpy_and_tuples_are_as_good_as_python_s():
    check(Transfer(seeds=np.int64(3), fractions=(np.float64(0.1),), simulated_sky=np.bool_(True)))


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
        ("both", r'are not valid JSON \(Expecting value.*\)\. Write them as in \'\{"set":"upsilon"\}\'\.'),
        ('{"shards": 2, "shards": 3}', "has the key 'shards' twice"),
        ("[" * 100_000, "nested too deeply"),
        ('{"shards": ' + "9" * 5000 + "}", "not valid JSON"),
        ('{"oversampling": 1e999}', "features.oversampling is inf, but must be a finite number"),
        ('{"set": "' + "x" * 100_000 + '"}', r"^.{,200}one of upsilon, lctransfer, both.$"),
        ('{"sets": 1}', "no key sets in features"),
        ('{"oversampling": 0}', "features.oversampling is 0, but must be at least 1"),
        ('{"oversampling": NaN}', "features.oversampling is nan, but must be a finite number"),
        ('{"shards": true}', "features.shards is true, but must be a whole number"),
        ('{"shards": 1e2}', "features.shards is 100.0, but must be a whole number"),
        ('{"set": ["upsilon"]}', r"features.set is \['upsilon'\], but must be a text"),
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


def test_the_old_name_of_the_subsampled_light_curves_is_taken():
    assert compose(["sensitivity=thinned"]) == compose(["sensitivity=subsampled"])
