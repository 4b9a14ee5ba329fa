"""Report and tables come along, whichever stages have run."""

import shutil

import pandas as pd
import pytest
from results_folder import write_results

from lctransfer import tracking

SHAPE = {"targets": ("asas",), "strategies": ("extra_trees",), "fractions": (0.01,), "seeds": 1, "stars": 60}


@pytest.fixture
def artifacts(tmp_path):
    """Return a function that mirrors a results folder and returns the paths of the artifacts of its results run."""
    from mlflow import MlflowClient

    directory, _ = write_results(tmp_path, **SHAPE)
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"

    def run(fill) -> set[str]:
        fill(directory)
        tracking.mirror(directory, uri)
        client = MlflowClient(uri)
        experiment = client.get_experiment_by_name("demo").experiment_id
        found = client.search_runs([experiment], "tags.kind = 'results'")
        assert len(found) == 1
        run_id = found[0].info.run_id
        top = client.list_artifacts(run_id)
        inner = [one for folder in top if folder.is_dir for one in client.list_artifacts(run_id, folder.path)]
        return {one.path for one in [*top, *inner] if not one.is_dir}

    return run


STAGES = {"sensitivity.csv", "novelty/asas.csv"}
ALWAYS = {"config.json", "provenance.json", "metrics.csv"}


def test_tables_of_further_stages_are_readable_in_the_interface(artifacts):
    def fill(directory):
        pd.DataFrame({"of": ["a stage to come"]}).to_parquet(directory / "another.parquet")
        (directory / "report.html").write_text("<p>Answer</p>")

    assert artifacts(fill) == ALWAYS | STAGES | {"another.csv", "report.html"}


def test_stages_that_have_not_run_are_no_failure(artifacts):
    def fill(directory):
        (directory / "sensitivity.parquet").unlink()
        shutil.rmtree(directory / "novelty")

    assert artifacts(fill) == ALWAYS
