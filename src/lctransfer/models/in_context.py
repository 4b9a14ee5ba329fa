"""A network that classifies a survey from its labelled stars without training: it has learnt how on simulated ones.

It reads labelled stars and queries at once, as prior-data fitted networks do (Müller et al. 2022, arXiv:2112.10510;
Hollmann et al. 2025, Nature 637, 319). Beside each star's features it sees what the source model says of it, so that it
also learns, from surveys that the source does not fit, when to believe the source. Classes have no names here, only
members: whichever way they are numbered, the answer is the same.
"""

import math
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import safetensors.torch
import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot, scaled_dot_product_attention

from lctransfer.models.simulated import FOLDER

WEIGHTS = FOLDER / "in_context.safetensors"
NEVER = -1e4
"""Added to what must not be chosen."""
LEAST_LOG = -9.0
"""Log-probabilities of the source are raised to it."""
LEAST_SHARE, UNLABELLED = 6e-6, -6.0
"""Least share of a class in a query's similarity to labelled stars; what stands for the logarithm of that of a class
without labels."""


class Tasks(NamedTuple):
    """Surveys with few labels: b of them, each with n labelled stars, m queries, c classes and f features.

    Attributes
    ----------
    labelled : Tensor of shape (b, n, f)
        Scaled features of the labelled stars.
    codes : Tensor of shape (b, n), int64
        Their classes; -1 where a task has fewer stars.
    source_of_labelled : Tensor of shape (b, n, c)
        Logarithm of the source's probabilities of the task's classes.
    queries : Tensor of shape (b, m, f)
        Scaled features of the stars to classify.
    source_of_queries : Tensor of shape (b, m, c)
    absent : Tensor of shape (b, c)
        1 where a task has fewer classes, else 0.
    """

    labelled: Tensor
    codes: Tensor
    source_of_labelled: Tensor
    queries: Tensor
    source_of_queries: Tensor
    absent: Tensor


class Block(nn.Module):
    """A transformer block: labelled stars attend to each other, queries to labelled stars.

    What labelled stars of one class have to do with each other is one learnt number per head.
    """

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.value, self.out = (nn.Linear(width, width) for _ in range(3))
        self.key = nn.Linear(width, width, bias=False)
        self.feed_forward = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.same_class = nn.Parameter(torch.randn(heads) / 2)

    def forward(self, labelled: Tensor, queries: Tensor, same: Tensor, padding: Tensor) -> tuple[Tensor, Tensor]:
        """Return both, changed; `same` is (b, n, n), `padding` (b, n) added to the attention."""
        known, asked = self.before(labelled), self.before(queries)
        nobody = padding[:, None, None, :]
        labelled = labelled + self._attend(known, known, nobody + same[:, None] * self.same_class.view(1, -1, 1, 1))
        queries = queries + self._attend(asked, known, nobody.expand(-1, 1, asked.shape[1], -1))
        return (
            labelled + self.feed_forward(self.between(labelled)),
            queries + self.feed_forward(self.between(queries)),
        )

    def _attend(self, asking: Tensor, asked: Tensor, bias: Tensor) -> Tensor:
        def split(stars: Tensor) -> Tensor:
            return stars.unflatten(2, (self.heads, -1)).transpose(1, 2)

        heard = scaled_dot_product_attention(
            split(self.query(asking)), split(self.key(asked)), split(self.value(asked)), attn_mask=bias
        )
        return self.out(heard.transpose(1, 2).flatten(2))


class InContext(nn.Module):
    """Transformer over stars, and a small network that weighs what it finds against what the source says.

    Parameters
    ----------
    n_features, width, layers, heads : int
        Sizes of the transformer.
    shared : int
        Products of a query and a class that the last network sees.
    """

    def __init__(self, n_features: int, width: int = 64, layers: int = 3, heads: int = 4, shared: int = 16):
        super().__init__()
        self.sizes = {"n_features": n_features, "width": width, "layers": layers, "heads": heads, "shared": shared}
        self.star = nn.Linear(n_features, width)
        self.own_class, self.doubt = nn.Linear(3, width, bias=False), nn.Linear(2, width, bias=False)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width, bias=False)
        self.query_part, self.class_part = nn.Linear(width, shared), nn.Linear(width, shared)
        sizes = (10 + shared, 64, 64)
        hidden = [layer for wide in pairwise(sizes) for layer in (nn.Linear(*wide), nn.GELU())]
        self.judge = nn.Sequential(*hidden, nn.Linear(64, 1))
        self.source_weight, self.stars_weight = nn.Parameter(torch.tensor(0.5)), nn.Parameter(torch.tensor(0.5))

    def forward(self, tasks: Tasks) -> Tensor:
        """Return logits of shape (b, m, c)."""
        members = one_hot(tasks.codes.clamp(min=0), tasks.absent.shape[1]).float() * (tasks.codes >= 0)[..., None]
        labelled, queries = self._read(tasks, members)
        similar = self.query(queries) @ self.key(labelled).transpose(1, 2) / math.sqrt(queries.shape[2])
        nearness = _nearness(similar, members)
        class_means = members.transpose(1, 2) @ labelled / members.sum(1).clamp(min=1)[..., None]
        product = self.query_part(queries)[:, :, None] * self.class_part(class_means)[:, None]
        seen = torch.cat([_evidence(tasks, members, similar, nearness), product], 3)
        logits = self.judge(seen)[..., 0] + self.source_weight * tasks.source_of_queries + self.stars_weight * nearness
        return logits + tasks.absent[:, None] * NEVER

    def _read(self, tasks: Tasks, members: Tensor) -> tuple[Tensor, Tensor]:
        """Return the labelled stars and the queries after the transformer: (b, n, width) and (b, m, width)."""
        own = (tasks.source_of_labelled * members).sum(2)
        class_size = (members * members.sum(1, keepdim=True).log1p()).sum(2)
        labelled = self.star(tasks.labelled) + self.own_class(
            torch.stack([own.clamp(min=-7), own.exp(), class_size], 2)
        )
        labelled = labelled + self.doubt(_doubt(tasks.source_of_labelled))
        queries = self.star(tasks.queries) + self.doubt(_doubt(tasks.source_of_queries))
        same, padding = members @ members.transpose(1, 2), (tasks.codes < 0) * NEVER
        for block in self.blocks:
            labelled, queries = block(labelled, queries, same, padding)
        return self.norm(labelled), self.norm(queries)

    def save(self, path: Path, source_sha256: str) -> None:
        """Write the weights, and which source's answers it has learnt to read."""
        path.write_bytes(safetensors.torch.save(self.state_dict(), {"source_sha256": source_sha256}))


def _doubt(source: Tensor) -> Tensor:
    """Return the highest log-probability and the entropy of what the source says."""
    return torch.stack([source.amax(2), -(source.exp() * source).sum(2)], 2)


def _nearness(similar: Tensor, members: Tensor) -> Tensor:
    """Return the logarithm of each class's share in the similarity of a query to labelled stars: (b, m, c)."""
    near = (similar - similar.amax(2, keepdim=True)).exp() * members.sum(2)[:, None]
    share = (near @ members) / near.sum(2, keepdim=True).clamp(min=1e-30)
    has_labels = members.sum(1)[:, None] > 0
    return torch.where(has_labels, share.clamp(min=LEAST_SHARE).log(), UNLABELLED)


def _evidence(tasks: Tasks, members: Tensor, similar: Tensor, nearness: Tensor) -> Tensor:
    """Return what is known of each query and class, whatever the query's features: (b, m, c, 10)."""
    size, n_labels = members.sum(1), members.sum((1, 2))
    said = tasks.source_of_labelled.exp() * members.sum(2, keepdim=True)
    right = (said * members).sum(1)
    per_class = (
        size.log1p(),
        (size > 0).float(),
        right / size.clamp(min=1),
        (said.sum(1) - right) / n_labels[:, None].clamp(min=1),  # what the source takes for the class, and is not
        n_labels.log1p()[:, None].expand_as(size),
        (1 - tasks.absent).sum(1, keepdim=True).log().expand_as(size),
    )
    source = tasks.source_of_queries
    mean = similar @ members / size.clamp(min=1)[:, None]
    per_query = (source, nearness, mean, *(one[:, None].expand_as(source) for one in per_class), source.exp())
    return torch.stack(per_query, 3)


def load(path: Path) -> InContext:
    """Return the network that `InContext.save` wrote, in evaluation mode."""
    state = safetensors.torch.load(path.read_bytes())
    width, n_features = state["star.weight"].shape
    layers = sum(name.endswith("same_class") for name in state)
    network = InContext(n_features, width, layers, len(state["blocks.0.same_class"]), len(state["query_part.bias"]))
    network.load_state_dict(state)
    return network.eval()


@cache
def shipped() -> InContext:
    """Return the network that comes with the package (`make in_context` trains it anew)."""
    return load(WEIGHTS)
