"""Models in MLflow: loaded by mlflow.pyfunc, with signature and example, and no pickle anywhere."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from results_folder import CLASSES, write_results

from lctransfer import tracking
from lctransfer.classifier.model import FittedModel
from lctransfer.classifier.partition import classify_partition
from lctransfer.config import Fit, Transfer
from lctransfer.errors import LctransferError
from lctransfer.files import read_json
from lctransfer.models.network import Network
from lctransfer.models.released import CONSTANTS
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.stages.fit import FitOptions, fit

PICKLES = {".pkl", ".pickle", ".pt", ".pth", ".joblib", ".ckpt", ".npy", ".npz"}


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory):
    """Return the results folder, the store, the source model in it, and MLflow's run of it."""
    from mlflow import MlflowClient

    root = tmp_path_factory.mktemp("models")
    directory, _ = write_results(root, stars=60, targets=("asas",), strategies=("extra_trees",), seeds=1)
    torch.manual_seed(3)
    scaler = Scaler.from_dict(read_json(CONSTANTS))
    model = SourceModel(Network(len(scaler.features), len(CLASSES), (8,)), scaler, tuple(CLASSES), "Made up.")
    model.save(directory / "source")
    table = directory / "features" / "asas.parquet"
    source, target = str(directory / "source"), directory / "fit" / "asas"
    fit(table, target, source, options=FitOptions(Fit(fraction=0.3, folds=2), Transfer(trees=10)))
    uri = f"sqlite:///{root / 'results' / 'mlflow.db'}"
    tracking.mirror(directory, uri)
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("demo").experiment_id
    run = client.search_runs([experiment], "tags.kind = 'source'")[0]
    return directory, client, model, run


@pytest.fixture(scope="module")
def logged(mirrored):
    _, client, _, run = mirrored
    return client.get_logged_model(run.outputs.model_outputs[0].model_id)


def test_pyfunc_predicts_names_and_probabilities_from_a_table(mirrored, logged):
    import mlflow

    directory, _, model, _ = mirrored
    stars = pd.read_parquet(directory / "features" / "asas.parquet").query("flag == 'ok'").reset_index(drop=True)
    served = mlflow.pyfunc.load_model(logged.artifact_location)
    # Other columns, in any order, are no harm.
    predicted = served.predict(stars[["source_id", "period", *sorted(set(model.features) - {"period"})]])
    expected = model.predict_proba(stars)
    assert list(predicted.columns) == ["predicted", *(f"p_{name}" for name in CLASSES)]
    assert np.array_equal(predicted[[f"p_{name}" for name in CLASSES]].to_numpy(), expected)
    assert list(predicted["predicted"]) == [CLASSES[i] for i in expected.argmax(axis=1)]


def test_a_classifier_of_the_survey_is_served_too(mirrored):
    import mlflow

    directory, client, _, run = mirrored
    kept = client.search_runs([run.info.experiment_id], "tags.kind = 'classifier'")[0]
    place = client.get_logged_model(kept.outputs.model_outputs[0].model_id).artifact_location
    stars = pd.read_parquet(directory / "features" / "asas.parquet").query("flag == 'ok'").reset_index(drop=True)
    model = FittedModel.load(directory / "fit" / "asas")
    served = mlflow.pyfunc.load_model(place)
    predicted = served.predict(stars)
    assert list(predicted.columns) == ["predicted", *(f"p_{name}" for name in model.classes)]
    assert np.array_equal(predicted.drop(columns="predicted").to_numpy(), model.predict(stars)[0])
    curves = pd.read_parquet(directory.parents[1] / "data" / "simulated" / "lightcurves" / "asas.parquet").head(7)
    told = served.predict(curves[["source_id", "time", "mag", "mag_err"]])
    expected = classify_partition(curves, model)
    assert list(told["source_id"]) == list(curves["source_id"])
    assert list(told["predicted"]) == list(expected["class"])
    assert set(told["flag"]) == {"ok"}
    measured = read_json(directory / "fit" / "asas" / "metrics.json")
    assert kept.data.metrics["M_c"] == measured["m_c"]
    assert kept.data.params["n_labels"] == str(measured["n_labels"])


def test_signature_and_example_are_there(mirrored, logged):
    import mlflow

    _, _, model, _ = mirrored
    loaded = mlflow.pyfunc.load_model(logged.artifact_location)
    signature = loaded.metadata.signature
    assert signature.inputs.input_names() == list(model.features)
    assert signature.outputs.input_names()[0] == "predicted"
    assert len(loaded.predict(loaded.input_example)) == 5


def test_a_missing_feature_is_refused(mirrored, logged):
    import mlflow

    _, _, model, _ = mirrored
    stars = pd.DataFrame(np.ones((2, len(model.features))), columns=model.features).drop(columns="period")
    with pytest.raises(mlflow.exceptions.MlflowException, match="period"):
        mlflow.pyfunc.load_model(logged.artifact_location).predict(stars)


def test_nothing_is_pickled(mirrored, logged):
    folder = Path(logged.artifact_location.removeprefix("file://"))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"MLmodel", "model.safetensors", "input_example.json"} <= {path.name for path in files}
    assert not [path for path in files if path.suffix in PICKLES or path.read_bytes()[:1] == b"\x80"]
    assert "python_model" not in (folder / "MLmodel").read_text()


def test_the_model_brings_its_own_code(mirrored, logged, tmp_path):
    # As on a machine without this package: its finder or path entry is taken away, and any import of it is ours.
    code = """
import sys
sys.path = [place for place in sys.path if "src" not in place.split("/")]
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in repr(finder).lower()]
import mlflow
model = mlflow.pyfunc.load_model(sys.argv[1])
print(len(model.predict(model.input_example)), sys.modules["lctransfer"].__file__)
"""
    command = [sys.executable, "-c", code, logged.artifact_location]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env={"PATH": "/usr/bin"})
    stars, where = done.stdout.split()
    assert stars == "5"
    assert where.startswith(logged.artifact_location.removeprefix("file://"))


def test_the_training_is_a_curve_over_epochs(mirrored):
    _, client, _, run = mirrored
    history = client.get_metric_history(run.info.run_id, "validation_M_c")
    assert [point.step for point in history] == list(range(1, 31))
    assert {one.dataset.name for one in run.inputs.dataset_inputs} == {"ogle", "eros2"}


def test_a_changed_model_replaces_the_old_one_with_its_files(mirrored):
    directory, client, _, run = mirrored
    old = client.get_logged_model(run.outputs.model_outputs[0].model_id)
    torch.manual_seed(4)
    scaler = Scaler.from_dict(read_json(CONSTANTS))
    SourceModel(Network(len(scaler.features), len(CLASSES), (8,)), scaler, tuple(CLASSES), "Else.").save(
        directory / "source"
    )
    tracking.mirror(directory, client.tracking_uri)
    models = {model.name: model for model in client.search_logged_models([run.info.experiment_id])}
    assert sorted(models) == ["asas-classifier", "source"]
    assert {model.status.value for model in models.values()} == {"READY"}
    assert models["source"].model_id != old.model_id
    assert not Path(old.artifact_location.removeprefix("file://")).exists()


def test_a_model_of_an_older_version_costs_no_run_that_is_there(mirrored):
    """It is refused by the name of its folder, before anything is taken out of the store."""
    directory, client, _, run = mirrored
    before = {one.info.run_id for one in client.search_runs([run.info.experiment_id])}
    path = directory / "fit" / "asas" / "classifier.json"
    kept = path.read_text()
    path.write_text(json.dumps({**json.loads(kept), "format": 1}))
    with pytest.raises(LctransferError, match=re.escape(str(path.parent))):
        tracking.mirror(directory, client.tracking_uri)
    assert {one.info.run_id for one in client.search_runs([run.info.experiment_id])} == before
    path.write_text(kept)
    tracking.mirror(directory, client.tracking_uri)
    assert {one.info.run_id for one in client.search_runs([run.info.experiment_id])} == before
