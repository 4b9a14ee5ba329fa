"""The exported network gives the probabilities of the one that it was."""

import numpy as np
import pandas as pd
import pytest

from lctransfer.classifier.export import export_onnx
from lctransfer.models.simulated import simulated

runtime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
pytest.importorskip("onnxscript")


def test_the_network_says_the_same_without_torch(tmp_path):
    model = simulated()
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(0.1, 2, (7, len(model.features))), columns=model.features)
    export_onnx(model, tmp_path / "network.onnx")
    session = runtime.InferenceSession(str(tmp_path / "network.onnx"))
    (given,) = session.run(None, {"inputs": model.inputs(X).numpy()})
    assert given == pytest.approx(model.predict_proba(X), abs=1e-5)  # float32
    told = session.get_modelmeta().custom_metadata_map
    assert told["classes"].split(",") == list(model.classes)
    assert told["features"].split(",") == list(model.features)
