"""Networks trained in a stack are what each would have become alone, in torch's own optimiser and scheduler."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from sklearn.metrics import matthews_corrcoef
from torch import nn

from lctransfer.config import Transfer
from lctransfer.models import loop
from lctransfer.models.network import Network

SETTINGS = Transfer(epochs=8, learning_rate=0.02, batch_size=64)


def _reference(job, settings, balance):
    """Train one network as the released software does, slowly; return its best validation MCC."""
    optimiser = torch.optim.SGD(job.network.parameters(), lr=settings.learning_rate, momentum=settings.momentum)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "min", patience=3, eps=1e-15)
    weight, draw = loop.balance_of(job.train.y, balance)
    criterion = nn.CrossEntropyLoss(weight=weight)
    best, best_state = -2.0, None
    for _ in range(settings.epochs):
        if optimiser.param_groups[0]["lr"] <= 1e-10:
            optimiser.param_groups[0]["lr"] = settings.learning_rate
        job.network.train()
        for rows in loop.batches(len(job.train.y), settings.batch_size, job.generator, draw):
            optimiser.zero_grad()
            criterion(job.network(job.train.x[rows]), job.train.y[rows]).backward()
            optimiser.step()
        job.network.eval()
        logits = job.network(job.valid.x)
        parts = zip(logits.split(settings.batch_size), job.valid.y.split(settings.batch_size))
        loss = sum(criterion(part, y).item() for part, y in parts)
        mcc = matthews_corrcoef(job.valid.y, logits.argmax(dim=1))
        if mcc > best:
            best, best_state = mcc, deepcopy(job.network.state_dict())
        scheduler.step(loss)
    job.network.load_state_dict(best_state)
    return best


def _jobs(n_stars, kind="network", n=3):
    jobs = []
    for seed in range(n):
        torch.manual_seed(seed)
        y = torch.arange(n_stars) % 3
        stars = loop.Stars(torch.randn(n_stars, 5) + y[:, None], y)
        head = nn.Sequential(nn.Linear(5, 3), nn.BatchNorm1d(3))
        network = Network(5, 3, (8, 16)) if kind == "network" else head
        jobs.append(loop.Job(network, *loop.parts(stars, seed), torch.Generator().manual_seed(seed)))
    return jobs


@pytest.mark.parametrize("balance", ["none", "weights", "oversampling"])
@pytest.mark.parametrize("kind", ["network", "head"])
@pytest.mark.parametrize("n_stars", [3, 40, 200])  # not to be divided; one batch; several batches
def test_a_stack_is_its_networks_one_by_one(n_stars, kind, balance):
    stacked, alone = _jobs(n_stars, kind), _jobs(n_stars, kind)
    best = loop.fit(stacked, SETTINGS, balance)
    assert best == pytest.approx([_reference(job, SETTINGS, balance) for job in alone], abs=1e-6)
    for ours, theirs in zip(stacked, alone):
        assert not ours.network.training
        for name, value in theirs.network.state_dict().items():
            if "batches" not in name:
                assert ours.network.state_dict()[name] == pytest.approx(value, abs=2e-4), name


def test_networks_of_several_shapes_come_back_in_order():
    jobs = [*_jobs(40, n=2), *_jobs(200, n=2), *_jobs(40, "head", n=2)]
    again = [*_jobs(40, n=2), *_jobs(200, n=2), *_jobs(40, "head", n=2)]
    one_by_one = [loop.fit([job], SETTINGS)[0] for job in again]
    assert loop.fit(jobs, SETTINGS) == pytest.approx(one_by_one)
    for ours, theirs in zip(jobs, again):
        assert ours.network(ours.valid.x).detach() == pytest.approx(theirs.network(theirs.valid.x).detach(), abs=1e-3)


def test_the_learning_rate_falls_and_starts_again_as_in_torch():
    losses = [3.0, 2.0, *[2.0] * 60, 1.0, *[float("nan")] * 9]
    parameter = nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([parameter], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "min", patience=3, eps=1e-15)
    rate = loop.Plateau(2, 0.1)
    for loss in losses:
        rate.restart()
        if optimiser.param_groups[0]["lr"] <= 1e-10:
            optimiser.param_groups[0]["lr"] = 0.1
        assert rate.now == pytest.approx([optimiser.param_groups[0]["lr"], 0.1])
        scheduler.step(loss)
        rate.step(np.array([loss, 1.0]))
        rate.best[1] = np.inf  # the second network always improves


def test_the_number_of_threads_is_left_as_it_was():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        loop.fit(_jobs(40), SETTINGS)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
