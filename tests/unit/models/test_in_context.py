"""The in-context network: what its answers must not depend on, and that what is shipped fits."""

import pytest
import safetensors
import torch

from lctransfer.files import sha256
from lctransfer.models import in_context, simulated
from lctransfer.models.in_context import WEIGHTS, InContext, Tasks

N_FEATURES, N_LABELLED, N_QUERIES, N_CLASSES = 5, 12, 7, 3


@pytest.fixture
def network():
    torch.manual_seed(1)
    return InContext(N_FEATURES, width=16, layers=2, heads=2).eval()


@pytest.fixture
def tasks():
    torch.manual_seed(0)
    said = [torch.randn(1, n, N_CLASSES).log_softmax(2) for n in (N_LABELLED, N_QUERIES)]
    x = [torch.randn(1, n, N_FEATURES) for n in (N_LABELLED, N_QUERIES)]
    codes = torch.arange(N_LABELLED)[None] % N_CLASSES
    return Tasks(x[0], codes, said[0], x[1], said[1], torch.zeros(1, N_CLASSES))


def answers(network, tasks):
    with torch.no_grad():
        return network(tasks)


def test_classes_may_be_numbered_in_any_way(network, tasks):
    order = torch.tensor([2, 0, 1])
    said = {name: getattr(tasks, name)[..., order] for name in ("source_of_labelled", "source_of_queries")}
    renumbered = tasks._replace(codes=order.argsort()[tasks.codes], **said)
    assert torch.allclose(answers(network, renumbered), answers(network, tasks)[..., order], atol=1e-5)


def test_the_order_of_labelled_stars_does_not_matter(network, tasks):
    order = torch.randperm(N_LABELLED)
    names = ("labelled", "codes", "source_of_labelled")
    shuffled = tasks._replace(**{name: getattr(tasks, name)[:, order] for name in names})
    assert torch.allclose(answers(network, shuffled), answers(network, tasks), atol=1e-5)


def test_a_query_is_answered_as_if_it_were_alone(network, tasks):
    names = ("queries", "source_of_queries")
    first = tasks._replace(**{name: getattr(tasks, name)[:, :1] for name in names})
    assert torch.allclose(answers(network, first), answers(network, tasks)[:, :1], atol=1e-5)


def test_what_fills_a_smaller_task_up_changes_nothing(network, tasks):
    more = torch.nn.functional.pad
    filled = Tasks(
        *(more(tasks.labelled, (0, 0, 0, 3), value=9.0), more(tasks.codes, (0, 3), value=-1)),
        *(more(tasks.source_of_labelled, (0, 2, 0, 3), value=-60.0), tasks.queries),
        *(more(tasks.source_of_queries, (0, 2), value=-60.0), more(tasks.absent, (0, 2), value=1.0)),
    )
    found = answers(network, filled)
    assert torch.allclose(found[..., :N_CLASSES].softmax(2), answers(network, tasks).softmax(2), atol=1e-5)
    assert found[..., N_CLASSES:].max() < -1000


def test_a_saved_network_answers_as_before(network, tasks, tmp_path):
    network.save(tmp_path / "network.safetensors", "0" * 64)
    read = in_context.load(tmp_path / "network.safetensors")
    assert torch.equal(answers(read, tasks), answers(network, tasks))


def test_what_is_shipped_has_learnt_to_read_the_sky_that_is_shipped():
    with safetensors.safe_open(WEIGHTS, "pt") as stored:
        assert stored.metadata()["source_sha256"] == sha256(simulated.FOLDER / "model.safetensors")
    assert in_context.shipped().sizes["n_features"] == len(simulated.simulated().features)
    assert WEIGHTS.stat().st_size < 5_000_000
