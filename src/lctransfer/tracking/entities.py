"""MLflow's data sets and models from files: described by head and digest, and never pickled."""

import json
import shutil
import tempfile
import warnings
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq

from lctransfer.errors import LctransferError
from lctransfer.files import csv_text
from lctransfer.parquet import read_parquet
from lctransfer.tracking.run import Model, Table

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput

ROWS = 5
"""Stars in the example beside a model."""
NEEDED = (
    *("joblib", "lightgbm", "numba", "numpy", "pandas", "pyarrow", "pyyaml", "safetensors", "scikit-learn", "scipy"),
    *("torch", "tqdm"),
)
"""What a model needs besides the code that is stored with it."""


@cache
def dataset(table: Table, digest: str) -> "DatasetInput":
    """Return a table as MLflow's data set: name, digest of the file, columns, size, and where it lies."""
    from mlflow.entities import Dataset, DatasetInput, InputTag
    from mlflow.models import infer_signature

    whole = pq.ParquetFile(table.path)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Hint: Inferred schema contains integer column")
        signature = infer_signature(_head(table.path, ROWS))
    size = {"num_rows": whole.metadata.num_rows, "num_columns": whole.metadata.num_columns}
    described = Dataset(
        name=table.name,
        digest=digest[:16],
        source_type="local",
        source=json.dumps({"uri": str(table.path.resolve())}),
        schema=json.dumps({"mlflow_colspec": signature.inputs.to_dict()}),
        profile=json.dumps(size),
    )
    return DatasetInput(described, [InputTag("mlflow.data.context", table.context)])


def log_model(client: "MlflowClient", experiment: str, run: str, model: Model, tags: dict[str, str]) -> None:
    """Log a model with signature and input example in MLflow's own format, as an output of a run.

    The data are the safetensors and JSON of the folder; MLflow loads them by `lctransfer.classifier.served`, whose
    code is stored beside them.
    """
    from mlflow.entities import LoggedModelOutput

    logged = client.create_logged_model(experiment, model.name, source_run_id=run, tags=tags, model_type="classifier")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        save_model(folder, model, model_id=logged.model_id, run_id=run)
        client.log_model_artifacts(logged.model_id, str(folder))
    client.log_outputs(run, [LoggedModelOutput(logged.model_id, step=0)])
    client.finalize_logged_model(logged.model_id, "READY")


def check_readable(model: Model) -> None:
    """Refuse a model that cannot be read, such as one of an older version, by the name of its folder.

    Raises
    ------
    LctransferError
        Saying what is wrong with it.
    """
    from lctransfer.classifier import served

    served.load(model.files[0].parent)


def save_model(folder: Path, model: Model, **identity: Any) -> None:
    """Write a model as an MLflow model folder; `identity` goes to `mlflow.models.Model`."""
    import mlflow

    from lctransfer.classifier import served

    data = folder.with_name("data")
    data.mkdir(parents=True)
    for path in model.files:
        shutil.copy(path, data)
    loaded = served.load(data)
    example = _example(model.examples, loaded.features)
    mlflow.pyfunc.save_model(
        str(folder),
        loader_module=served.__name__,
        data_path=str(data),
        code_paths=[str(Path(served.__file__).parents[1])],
        mlflow_model=mlflow.models.Model(**identity),
        signature=_signature(loaded, example),
        input_example=example,
        pip_requirements=[f"{name}=={version(name).partition('+')[0]}" for name in NEEDED],
    )


def _signature(loaded: Any, example: pd.DataFrame) -> Any:
    """Return the signature of a model; one that takes light curves or features needs the one or the other."""
    from mlflow.models import infer_signature
    from mlflow.types import ColSpec, DataType, Schema
    from mlflow.types.schema import Array

    from lctransfer.classifier.served import EPOCHS, ServedCatalogue

    found = infer_signature(example, loaded.predict(example))
    if isinstance(loaded, ServedCatalogue):
        epochs = [ColSpec(Array(DataType.double), name, required=False) for name in sorted(EPOCHS)]
        numbers = [ColSpec(DataType.double, name, required=False) for name in loaded.features]
        identity = ColSpec(DataType.string, "source_id", required=False)
        found.inputs = Schema([identity, *epochs, *numbers])
    return found


def _example(path: Path, features: tuple[str, ...]) -> pd.DataFrame:
    """Return the features of the first stars that have sound ones."""
    table = _head(path, 10_000)
    missing = [name for name in features if name not in table]
    if missing:
        raise LctransferError(f"{path} has no column {', '.join(missing)} to show the model by. Run features again.")
    sound = table[table["flag"] == "ok"] if "flag" in table else table
    return sound[list(features)].head(ROWS).reset_index(drop=True)


def _head(path: Path, rows: int) -> pd.DataFrame:
    whole = pq.ParquetFile(path)
    first = next(whole.iter_batches(rows), None)
    return whole.schema_arrow.empty_table().to_pandas() if first is None else first.to_pandas()


def log_file(client: "MlflowClient", run: str, place: str, path: Path) -> None:
    """Copy a file to its place among the artifacts of a run; Parquet as CSV, which MLflow can show."""
    folder = Path(place).parent.as_posix().removeprefix(".")
    if path.suffix != ".parquet":
        client.log_artifact(run, str(path), folder or None)
        return
    with tempfile.TemporaryDirectory() as scratch:
        readable = Path(scratch) / f"{path.stem}.csv"
        readable.write_text(csv_text(read_parquet(path).to_pandas()), encoding="utf-8")
        client.log_artifact(run, str(readable), folder or None)
