"""CPU time of the sweep's networks against the released recipe's loop: python benchmarks/fits.py [-o FILE].

The rival does what the released UPSILoN-T does for one network: data loaders over a data set that hands out single
stars, scores of both parts by scikit-learn in every epoch, the history pickled in every epoch, the best state saved. It
runs twice: as released, where the data loaders start four worker processes per epoch, and with the loaders in the
process. Inputs are random numbers, on which time does not depend. Both sides run on one thread, interleaved.
"""

import argparse
import os
import pickle
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from publishing import publish
from sklearn.metrics import f1_score, matthews_corrcoef
from torch import nn
from torch.utils.data import DataLoader, Dataset

from lctransfer.config import Transfer
from lctransfer.models import loop
from lctransfer.models.network import Network
from lctransfer.progress import track
from lctransfer.taxonomy import CLASSES

SETTINGS = Transfer()
N_CLASSES = 7
SWEEPS = {
    "Richards et al., 1 to 20% of 605 stars": (11, 14, 29, 61, 91, 122),
    "Hipparcos, 1 to 20% of 855 stars": (18, 23, 43, 85, 128, 172),
    "ASAS half, 1 to 20% of 5,440 stars": (54, 110, 272, 545, 816, 1087),
}
ALONE = (29, 122, 483)
SEEDS = 10
COLUMNS = ("as released", "in one process", "ours, one fit", "ours, ten seeds")


class SingleStars(Dataset):
    """One star at a time, as the released data set has it."""

    def __init__(self, x: torch.Tensor, y: torch.Tensor):
        self.x, self.y = x, y

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, row: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.x[row].reshape(1, 1, 16), self.y[row]


def released_loop(train: loop.Stars, valid: loop.Stars, source: Network, folder: Path, workers: int) -> None:
    """Train one network by the released recipe's loop."""
    loaders = [
        DataLoader(SingleStars(*part), batch_size=1024, shuffle=True, num_workers=workers) for part in (train, valid)
    ]
    network = Network(16, len(CLASSES))
    network.load_state_dict(source.state_dict())
    network.fc4, network.bn5 = nn.Linear(256, N_CLASSES), nn.BatchNorm1d(N_CLASSES)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "min", patience=3, eps=1e-15)
    criterion = nn.CrossEntropyLoss()
    history, best = [], 0.0
    for _ in range(SETTINGS.epochs):
        if optimiser.param_groups[0]["lr"] <= 1e-10:
            optimiser.param_groups[0]["lr"] = 0.1
        network.train()
        training = _epoch(network, loaders[0], criterion, optimiser)
        network.eval()
        testing = _epoch(network, loaders[1], criterion, None)
        history.append((optimiser.param_groups[0]["lr"], *training, *testing))
        (folder / "history").write_bytes(pickle.dumps(history))
        if testing[2] > best:
            best = testing[2]
            torch.save(network.state_dict(), folder / "state_dict.pt")
        scheduler.step(testing[0])


def _epoch(network, loader, criterion, optimiser) -> tuple[float, float, float]:
    total, predicted, true = 0.0, [], []
    for inputs, labels in loader:
        if optimiser:
            optimiser.zero_grad()
        outputs = network(inputs.view(-1, 16))
        loss = criterion(outputs, labels)
        predicted += torch.max(outputs, 1)[1].numpy().tolist()
        true += labels.numpy().tolist()
        if optimiser:
            loss.backward()
            optimiser.step()
        total += loss.item()
    return total, f1_score(true, predicted, average="macro"), (matthews_corrcoef(true, predicted) + 1) / 2


def ours(stars: loop.Stars, source: Network, seeds: int) -> None:
    """Train the networks of all seeds and repeats at one label count, as the sweep does."""
    jobs = [
        loop.Job(source.with_new_head(N_CLASSES), *loop.parts(stars, seed), torch.Generator().manual_seed(seed))
        for seed in range(seeds * SETTINGS.repeats)
    ]
    loop.fit(jobs, SETTINGS)


def cpu_seconds(function, *arguments) -> float:
    """Return CPU seconds of a call, those of finished child processes included."""
    start = os.times()
    function(*arguments)
    end = os.times()
    return sum(end[:4]) - sum(start[:4])


def measure(n_labels: int, rounds: int, source: Network, folder: Path) -> list[float]:
    """Return CPU seconds per network in the order of `COLUMNS`: medians over rounds, the first of one round."""
    rng = np.random.default_rng(n_labels)
    y = torch.from_numpy(rng.permutation(np.arange(n_labels) % N_CLASSES))
    stars = loop.Stars(torch.from_numpy(rng.normal(size=(n_labels, 16))).float(), y)
    parts = loop.parts(stars, 0)
    times = []
    for _ in range(rounds):
        one, ten = (cpu_seconds(ours, stars, source, n) / (n * SETTINGS.repeats) for n in (1, SEEDS))
        times.append((cpu_seconds(released_loop, *parts, source, folder, 0), one, ten))
    return [cpu_seconds(released_loop, *parts, source, folder, 2), *np.median(times, axis=0)]


def report(measured: dict[int, list[float]]) -> str:
    """Return the table per label count, and the sums over sweeps."""
    rows = [[f"{n} labels", *measured[n]] for n in sorted(measured)]
    rows += [[name, *np.sum([measured[n] for n in counts], axis=0)] for name, counts in SWEEPS.items()]
    table = pd.DataFrame(rows, columns=["", *COLUMNS])
    for rival in COLUMNS[:2]:
        table[f"times less than {rival}"] = (table[rival] / table["ours, ten seeds"]).round(1)
    return (
        "CPU seconds per network of 50 epochs (7 classes); sweeps: sums over their label counts. Made by "
        "`python benchmarks/fits.py`. From some 300 labels on, matrix products, which both sides need, take most of "
        "our time.\n\n" + table.round(3).to_markdown(index=False)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("-o", "--output", type=Path)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    source = Network(16, len(CLASSES))
    with tempfile.TemporaryDirectory() as name:
        counts = sorted({*ALONE, *(n for counts in SWEEPS.values() for n in counts)})
        measured = {n: measure(n, chosen.rounds, source, Path(name)) for n in track(counts, desc="label counts")}
    publish(report(measured), chosen.output)


if __name__ == "__main__":
    main()
