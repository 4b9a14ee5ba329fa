"""One loop that trains many small networks at once on few stars, by the released recipe's arithmetic.

Networks of one shape are stacked: their weights become arrays with one more axis, and one batched matrix product does
the work of many small ones. Each keeps its own stars, learning rate and best epoch, as if it were alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import NamedTuple

import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.nn import functional

from lctransfer.config import Transfer
from lctransfer.evaluation.metrics import matthews
from lctransfer.models.network import Network

VALIDATION = 0.2
"""Part of the labelled stars that chooses epoch and learning rate, as released."""
PATIENCE = 3
THRESHOLD = 1e-4
"""By what share the validation loss must fall to count as lower, as in torch's ReduceLROnPlateau."""
RESTART_BELOW = 1e-10
"""A learning rate this small starts again at its first value, as released."""
AT_ONCE = 1024
"""Stars times networks of one stack: more would not stay in a processor's cache."""


class Stars(NamedTuple):
    """Inputs of shape (n, n_features) and integer labels of shape (n,)."""

    x: Tensor
    y: Tensor

    def take(self, rows: np.ndarray | Tensor) -> "Stars":
        """Return some of the stars."""
        return Stars(self.x[rows], self.y[rows])


class Job(NamedTuple):
    """A network to train in place, what it learns from, what chooses its epoch, and its random number generator."""

    network: nn.Module
    train: Stars
    valid: Stars
    generator: torch.Generator


def parts(stars: Stars, seed: int) -> tuple[Stars, Stars]:
    """Return (training, validation): stratified 80/20, or twice all stars where some class has too few to divide."""
    rows = np.arange(len(stars.y))
    try:
        train, valid = train_test_split(rows, test_size=VALIDATION, stratify=stars.y.numpy(), random_state=seed)
    except ValueError:  # what the released software ends with
        return stars, stars
    return stars.take(train), stars.take(valid)


def fit(jobs: Sequence[Job], settings: Transfer, balance: str = "none") -> list[float]:
    """Train every network in place by SGD, and leave it in its best state.

    The learning rate falls tenfold when the validation loss has not fallen for 3 epochs; the best epoch is the first
    with the highest validation MCC.

    Parameters
    ----------
    jobs : sequence of Job
        Networks take inputs to logits, and are a chain of layers (see `layers`). Those of one shape are trained at
        once; which others there are changes a network by no more than rounding.
    settings : config.Transfer
        ``epochs``, ``batch_size``, ``learning_rate``, ``momentum``.
    balance : str
        ``none``, ``weights`` (in the loss, n / class size) or ``oversampling`` (of the training stars).

    Returns
    -------
    list of float
        The best validation MCC of each.
    """
    groups: dict[tuple, list[int]] = {}
    for i, job in enumerate(jobs):
        shapes = tuple(value.shape for value in job.network.state_dict().values())
        groups.setdefault((shapes, job.train.x.shape, job.valid.x.shape), []).append(i)
    best = np.full(len(jobs), -2.0)
    with _one_thread():
        for (_, shape, _), members in groups.items():
            together = max(1, AT_ONCE // shape[0])
            for start in range(0, len(members), together):
                chosen = members[start : start + together]
                best[chosen] = _fit_stack([jobs[i] for i in chosen], settings, balance)
    return best.tolist()


def _fit_stack(jobs: Sequence[Job], settings: Transfer, balance: str) -> np.ndarray:
    """Train networks of one shape; return the best validation MCC of each."""
    stack, rate = Stack([job.network for job in jobs]), Plateau(len(jobs), settings.learning_rate)
    valid = _together([job.valid for job in jobs])
    weights, draws = zip(*(balance_of(job.train.y, balance, stack.n_classes) for job in jobs))
    weight = None if weights[0] is None else torch.stack(weights)
    whole = _together([job.train for job in jobs])
    best = np.full(len(jobs), -2.0)
    for _ in range(settings.epochs):
        rate.restart()
        for batch in _batches(jobs, whole, settings.batch_size, draws):
            stack.step(_losses(stack(batch.x, training=True), batch.y, weight), rate.now, settings.momentum)
        losses, mcc = _validate(stack, valid, weight, settings.batch_size)
        stack.keep(mcc > best)
        best = np.maximum(best, mcc)
        rate.step(losses)
    stack.give_back()
    return best


class Stack:
    """Networks of one shape as one: every parameter gets a first axis, which counts the networks.

    Parameters
    ----------
    networks : sequence of Module
        Each a chain of ``BatchNorm1d``, ``Linear`` and ``ReLU``; see `layers`.
    """

    def __init__(self, networks: Sequence[nn.Module]):
        self.networks, self.names = networks, list(networks[0].state_dict())
        states = [network.state_dict() for network in networks]
        self.state = {name: torch.stack([state[name] for state in states]) for name in self.names}
        self.kept = {name: value.clone() for name, value in self.state.items()}
        trained = [name for name, parameter in networks[0].named_parameters() if parameter.requires_grad]
        self.trained = [self.state[name].requires_grad_() for name in trained]
        self.speed = [torch.zeros_like(value) for value in self.trained]
        self.layers = layers(networks[0])
        self.n_classes = [layer for _, layer in self.layers if isinstance(layer, nn.Linear)][-1].out_features

    def __call__(self, x: Tensor, *, training: bool) -> Tensor:
        """Return logits (networks, classes, stars) of inputs (networks, features, stars)."""
        n_networks, _, n_stars = x.shape
        for name, layer in self.layers:
            if isinstance(layer, nn.ReLU):
                x = x.relu_()  # in place: nothing needs what was there before
                continue
            weight, bias = self.state[f"{name}.weight"], self.state[f"{name}.bias"]
            if isinstance(layer, nn.Linear):
                x = torch.baddbmm(bias.unsqueeze(2), weight, x)
            else:  # to batch normalisation, channels of different networks are just more channels
                assert isinstance(layer, nn.BatchNorm1d)
                mean, var = (self.state[f"{name}.running_{kind}"].view(-1) for kind in ("mean", "var"))
                flat, momentum, eps = x.reshape(1, -1, n_stars), layer.momentum or 0.0, layer.eps
                x = functional.batch_norm(flat, mean, var, weight.view(-1), bias.view(-1), training, momentum, eps)
                x = x.view(n_networks, -1, n_stars)
        return x

    def step(self, losses: Tensor, rate: np.ndarray, momentum: float) -> None:
        """Take a step of SGD with momentum down each network's loss, at its own learning rate."""
        gradients = torch.autograd.grad(losses.sum(), self.trained)
        down = -torch.from_numpy(rate).float()
        with torch.no_grad():
            for value, speed, gradient in zip(self.trained, self.speed, gradients):
                speed.mul_(momentum).add_(gradient)
                value.addcmul_(speed, down.view(-1, *[1] * (value.dim() - 1)))

    @torch.no_grad()
    def keep(self, better: np.ndarray) -> None:
        """Remember the present state of some networks."""
        rows = torch.from_numpy(np.flatnonzero(better))
        for name, kept in self.kept.items():
            kept[rows] = self.state[name].detach()[rows]

    def give_back(self) -> None:
        """Put the kept states into the networks, and set these to evaluation."""
        for i, network in enumerate(self.networks):
            network.load_state_dict({name: kept[i] for name, kept in self.kept.items()})
            network.eval()


def layers(network: nn.Module) -> list[tuple[str, nn.Module]]:
    """Return names and layers in the order in which they act: a network's own ``layers``, or its children."""
    return network.layers() if isinstance(network, Network) else list(network.named_children())


class Plateau:
    """The learning rate of each network: tenfold down when its loss has not fallen for a while, as torch does it.

    Attributes
    ----------
    now : ndarray of shape (n,)
    """

    def __init__(self, n: int, first: float):
        self.first, self.now = first, np.full(n, first)
        self.best, self.bad = np.full(n, np.inf), np.zeros(n, dtype=int)

    def restart(self) -> None:
        """Set rates that have become too small to the first one."""
        self.now[self.now <= RESTART_BELOW] = self.first

    def step(self, losses: np.ndarray) -> None:
        """Take note of an epoch's losses (a NaN is no better), and lower rates that are due."""
        lower = losses < self.best * (1 - THRESHOLD)
        self.best, self.bad = np.where(lower, losses, self.best), np.where(lower, 0, self.bad + 1)
        due = self.bad > PATIENCE
        self.now[due] *= 0.1
        self.bad[due] = 0


def balance_of(y: Tensor, balance: str, n_classes: int = 0) -> tuple[Tensor | None, Tensor | None]:
    """Return (class weights of the loss, drawing weights of stars) of integer labels; see `fit`."""
    sizes = torch.bincount(y, minlength=n_classes)
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


def _batches(jobs: Sequence[Job], whole: Stars, size: int, draws: Sequence[Tensor | None]) -> Iterator[Stars]:
    """Yield the batches of an epoch, each network's in an order of its own."""
    n_stars = whole.y.shape[1]
    if n_stars <= size and draws[0] is None:
        yield whole  # the order within one batch changes nothing
        return
    orders = [batches(n_stars, size, job.generator, draw) for job, draw in zip(jobs, draws)]
    for rows in map(torch.stack, zip(*orders)):
        yield Stars(whole.x.gather(2, rows.unsqueeze(1).expand(-1, whole.x.shape[1], -1)), whole.y.gather(1, rows))


def _together(stars: Sequence[Stars]) -> Stars:
    """Return inputs (networks, features, stars) and labels (networks, stars)."""
    return Stars(torch.stack([one.x.T for one in stars]).contiguous(), torch.stack([one.y for one in stars]))


def _losses(logits: Tensor, y: Tensor, weight: Tensor | None) -> Tensor:
    """Return each network's mean cross-entropy; with class weights (networks, classes), the weighted mean."""
    each = functional.cross_entropy(logits, y, reduction="none")
    if weight is None:
        return each.mean(dim=1)
    of_stars = weight.gather(1, y)
    return (each * of_stars).sum(dim=1) / of_stars.sum(dim=1)


@torch.no_grad()
def _validate(stack: Stack, valid: Stars, weight: Tensor | None, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each network's sum of batch losses, as released, and its MCC."""
    logits = stack(valid.x, training=False)
    pairs = zip(logits.split(size, dim=2), valid.y.split(size, dim=1))
    losses = reduce(torch.add, (_losses(part, y, weight).double() for part, y in pairs)).numpy()
    return losses, matthews(valid.y.numpy(), logits.argmax(dim=1).numpy(), stack.n_classes)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let torch use one thread: for products this small more cost time, and change the order of sums."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
