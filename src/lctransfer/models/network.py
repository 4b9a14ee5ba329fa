"""The network of Kim et al. (2021): batch normalisation and fully connected layers in turn."""

from itertools import pairwise

import torch
from torch import Tensor, nn


class Network(nn.Module):
    """Batch normalisation - fully connected - ReLU - ... - fully connected - batch normalisation.

    Layers are called ``bn1, fc1, bn2, fc2...`` as in the released weights, so that their state fits. The first batch
    normalisation of the released network has ``eps=64`` (`BatchNorm1d(16, 64)`, whose second argument is eps): it
    divides its inputs by about 8, and the weights depend on it.

    Parameters
    ----------
    n_features, n_classes : int
        Sizes of the input and of the output.
    hidden : sequence of int
        Widths of the hidden layers.
    input_eps : float
        ``eps`` of the first batch normalisation.
    """

    def __init__(
        self, n_features: int, n_classes: int, hidden: tuple[int, ...] = (64, 128, 256), input_eps: float = 64.0
    ):
        super().__init__()
        widths = (n_features, *hidden, n_classes)
        self.depth = len(hidden) + 1
        self.input_eps = input_eps
        for layer, (wide_in, wide_out) in enumerate(pairwise(widths), start=1):
            self.add_module(f"bn{layer}", nn.BatchNorm1d(wide_in, eps=input_eps if layer == 1 else 1e-5))
            self.add_module(f"fc{layer}", nn.Linear(wide_in, wide_out))
        self.add_module(f"bn{self.depth + 1}", nn.BatchNorm1d(n_classes))

    @property
    def hidden(self) -> tuple[int, ...]:
        """Widths of the hidden layers."""
        return tuple(self.get_parameter(f"fc{layer}.bias").numel() for layer in range(1, self.depth))

    def layers(self) -> list[tuple[str, nn.Module]]:
        """Return names and layers, those without weights too, in the order in which they act."""
        chain = []
        for layer in range(1, self.depth + 1):
            chain += [(name, self.get_submodule(name)) for name in (f"bn{layer}", f"fc{layer}")]
            chain += [("", nn.ReLU())] if layer < self.depth else []
        return [*chain, (f"bn{self.depth + 1}", self.get_submodule(f"bn{self.depth + 1}"))]

    def embed(self, x: Tensor) -> Tensor:
        """Return the last hidden layer after its batch normalisation: shape (n, hidden[-1])."""
        for layer in range(1, self.depth):
            x = torch.relu(self.get_submodule(f"fc{layer}")(self.get_submodule(f"bn{layer}")(x)))
        return self.get_submodule(f"bn{self.depth}")(x)

    def head(self, embedded: Tensor) -> Tensor:
        """Return the logits of embedded stars: shape (n, n_classes)."""
        logits = self.get_submodule(f"fc{self.depth}")(embedded)
        return self.get_submodule(f"bn{self.depth + 1}")(logits)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of scaled features of shape (n, n_features)."""
        return self.head(self.embed(x))

    def with_new_head(self, n_classes: int) -> "Network":
        """Return a copy with a freshly initialised last layer (from torch's generator) for other classes."""
        copy = Network(self.get_parameter("bn1.bias").numel(), n_classes, self.hidden, self.input_eps)
        last = (f"fc{self.depth}.", f"bn{self.depth + 1}.")
        body = {name: value for name, value in self.state_dict().items() if not name.startswith(last)}
        copy.load_state_dict(copy.state_dict() | body)
        return copy
