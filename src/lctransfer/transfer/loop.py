"""One loop that trains small networks on few stars, the released recipe's arithmetic without its data loaders."""

from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import Tensor, nn

from lctransfer.config import Transfer
from lctransfer.transfer.metrics import matthews

VALIDATION = 0.2
"""Part of the labelled stars that chooses epoch and learning rate, as released."""
PATIENCE = 3
RESTART_BELOW = 1e-10
"""A learning rate this small starts again at its first value, as released."""


class Stars(NamedTuple):
    """Inputs of shape (n, n_features) and integer labels of shape (n,)."""

    x: Tensor
    y: Tensor

    def take(self, rows: np.ndarray | Tensor) -> "Stars":
        """Return some of the stars."""
        return Stars(self.x[rows], self.y[rows])


def parts(stars: Stars, seed: int) -> tuple[Stars, Stars]:
    """Return (training, validation): stratified 80/20, or twice all stars where some class has too few to divide."""
    rows = np.arange(len(stars.y))
    try:
        train, valid = train_test_split(rows, test_size=VALIDATION, stratify=stars.y.numpy(), random_state=seed)
    except ValueError:  # what the released software ends with
        return stars, stars
    return stars.take(train), stars.take(valid)


def fit(
    network: nn.Module,
    train: Stars,
    valid: Stars,
    settings: Transfer,
    *,
    generator: torch.Generator,
    balance: str = "none",
) -> float:
    """Train `network` in place by SGD, and leave it in its best state.

    The learning rate falls tenfold when the validation loss has not fallen for 3 epochs; the best epoch is the first
    with the highest validation MCC.

    Parameters
    ----------
    network : Module
        Takes inputs to logits; parameters with ``requires_grad`` are trained.
    train, valid : Stars
        What it learns from, and what chooses epoch and learning rate.
    settings : config.Transfer
        ``epochs``, ``batch_size``, ``learning_rate``, ``momentum``.
    generator : torch.Generator
        Of the order of stars.
    balance : str
        ``none``, ``weights`` (in the loss, n / class size) or ``oversampling`` (of the training stars).

    Returns
    -------
    float
        The best validation MCC.
    """
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.SGD(trained, lr=settings.learning_rate, momentum=settings.momentum)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "min", patience=PATIENCE, eps=1e-15)
    weight, draw = balance_of(train.y, balance)
    criterion = nn.CrossEntropyLoss(weight=weight)
    best, best_state = -2.0, {}
    for _ in range(settings.epochs):
        if optimiser.param_groups[0]["lr"] <= RESTART_BELOW:
            optimiser.param_groups[0]["lr"] = settings.learning_rate
        network.train()
        for rows in batches(len(train.y), settings.batch_size, generator, draw):
            optimiser.zero_grad()
            criterion(network(train.x[rows]), train.y[rows]).backward()
            optimiser.step()
        loss, mcc = _validate(network, valid, criterion, settings.batch_size)
        if mcc > best:
            best, best_state = mcc, deepcopy(network.state_dict())
        scheduler.step(loss)
    network.load_state_dict(best_state)
    network.eval()
    return best


def balance_of(y: Tensor, balance: str) -> tuple[Tensor | None, Tensor | None]:
    """Return (class weights of the loss, drawing weights of stars) of integer labels; see `fit`."""
    sizes = torch.bincount(y)
    if balance == "weights":
        return sizes.sum() / sizes.clamp(min=1).float(), None
    return None, (1.0 / sizes[y].double() if balance == "oversampling" else None)


def batches(n: int, size: int, generator: torch.Generator, draw: Tensor | None = None) -> tuple[Tensor, ...]:
    """Return row numbers of one epoch in random order, `size` at a time; with `draw`, drawn by these weights."""
    if draw is None:
        order = torch.randperm(n, generator=generator)
    else:
        order = torch.multinomial(draw, n, replacement=True, generator=generator)
    # Batch normalisation cannot take a single star: the last one joins the batch before.
    ends = [end for end in range(size, n, size) if n - end > 1]
    return order.tensor_split(ends)


@torch.no_grad()
def _validate(network: nn.Module, valid: Stars, criterion: nn.Module, size: int) -> tuple[float, float]:
    """Return the sum of batch losses, as released, and the MCC."""
    network.eval()
    logits = network(valid.x)
    loss = sum(float(criterion(part, y)) for part, y in zip(logits.split(size), valid.y.split(size)))
    return loss, matthews(valid.y.numpy(), logits.argmax(dim=1).numpy(), logits.shape[1])
