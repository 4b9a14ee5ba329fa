"""Fitted strategies as plain data: a tree for JSON, arrays for safetensors. Loading runs no code that was saved.

A value is packed by what it is: numbers, texts and lists as they are; arrays by name; networks, trees and objects of
this package, or of scikit-learn, as a class name and their attributes. A new strategy needs no code of its own for
this, as long as its attributes are such values.
"""

from importlib import import_module
from math import isfinite
from pathlib import PurePath
from typing import Any

import lightgbm
import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from torch import nn

from lctransfer.classifier.forest import Boosted, Forest
from lctransfer.errors import LctransferError, one_line
from lctransfer.models.in_context import InContext
from lctransfer.models.network import Network

Arrays = dict[str, np.ndarray]
PLAIN = (bool, int, float, type(None))
PACKAGES = ("lctransfer", "sklearn")
"""Whose classes a saved object may be of; none of them runs anything when it is restored."""
LAYERS = {"Linear": (nn.Linear, "in_features", "out_features"), "BatchNorm1d": (nn.BatchNorm1d, "num_features", "eps")}


def pack(value: Any, path: str = "") -> tuple[Any, Arrays]:
    """Return (what JSON can hold, arrays by name) of a value.

    Parameters
    ----------
    value : object
        See the module's text.
    path : str
        What the names of the arrays begin with.

    Raises
    ------
    LctransferError
        If some part of it is of an unknown kind.
    """
    packer = _Packer()
    return packer.pack(value, path), packer.arrays


def unpack(node: Any, arrays: Arrays) -> Any:
    """Return the value that `pack` took apart.

    Raises
    ------
    LctransferError
        If the two do not belong together, or name a class that may not be restored.
    """
    try:
        return _Unpacker(arrays).unpack(node)
    except (KeyError, TypeError, ValueError, AttributeError, ImportError, RuntimeError, IndexError) as error:
        reason = f"{type(error).__name__}: {one_line(error)}"
        raise LctransferError(f"The saved classifier is damaged, or of another version ({reason}).") from None


class _Packer:
    """Takes values apart; what several places share is packed once."""

    def __init__(self) -> None:
        self.arrays: Arrays = {}
        self.seen: dict[int, tuple[int, Any]] = {}

    def pack(self, value: Any, path: str) -> Any:
        if isinstance(value, str | PurePath):
            return str(value)
        if isinstance(value, np.ndarray | np.generic | torch.Tensor):
            return self._array(value, path)
        if isinstance(value, PLAIN):
            return value if not isinstance(value, float) or isfinite(value) else _node("float", str(value))
        if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
            return _node(type(value).__name__, self._list(value, path))
        if isinstance(value, dict):
            return _node("dict", [[self.pack(k, path), self.pack(item, f"{path}.{k}")] for k, item in value.items()])
        return self._once(value, path)

    def _list(self, values: Any, path: str) -> list:
        return [self.pack(item, f"{path}.{i}") for i, item in enumerate(values)]

    def _array(self, value: Any, path: str) -> dict[str, Any]:
        kind = {np.ndarray: "array", torch.Tensor: "tensor"}.get(type(value), "scalar")
        array = np.asarray(value.detach() if kind == "tensor" else value)
        if array.dtype.kind in "OUT":
            words = self._list(array.ravel().tolist(), path)
            return _node("words", words, shape=array.shape, dtype=array.dtype.str)
        while path in self.arrays:
            path += "_"
        self.arrays[path] = np.asarray(array, order="C")
        return _node(kind, path)

    def _once(self, value: Any, path: str) -> dict[str, Any]:
        if id(value) in self.seen:
            return _node("again", self.seen[id(value)][0])
        # The value is kept, so that no other can come to its address.
        self.seen[id(value)] = (number := len(self.seen), value)
        return {**self._object(value, path), "number": number}

    def _object(self, value: Any, path: str) -> dict[str, Any]:
        if isinstance(value, nn.Module):
            state = {name: tensor.numpy() for name, tensor in value.state_dict().items()}
            return _node("module", _layout(value), state=self.pack(state, path))
        if isinstance(value, lightgbm.LGBMModel | Boosted):
            return _node("boosted", value.booster_.model_to_string())
        if isinstance(value, ExtraTreesClassifier | RandomForestClassifier):
            value = Forest.of(value)
        kind = type(value)
        if not _allowed(kind):
            raise LctransferError(f"{path} is a {kind.__module__}.{kind.__qualname__}, which cannot be saved.")
        content = list(value) if hasattr(value, "_fields") else vars(value)
        return _node("object", f"{kind.__module__}:{kind.__qualname__}", values=self.pack(content, path))


def _node(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "content": content, **more}


class _Unpacker:
    """Puts values together again."""

    def __init__(self, arrays: Arrays):
        self.arrays = arrays
        self.made: dict[int, Any] = {}

    def unpack(self, node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        made = getattr(self, f"_{node['kind']}")(node["content"], node)
        if "number" in node:
            self.made[node["number"]] = made
        return made

    def _again(self, content: int, node: dict) -> Any:
        return self.made[content]

    def _float(self, content: str, node: dict) -> float:
        return float(content)

    def _list(self, content: list, node: dict) -> list:
        return [self.unpack(item) for item in content]

    def _tuple(self, content: list, node: dict) -> tuple:
        return tuple(self._list(content, node))

    def _dict(self, content: list, node: dict) -> dict:
        return {self.unpack(name): self.unpack(item) for name, item in content}

    def _array(self, content: str, node: dict) -> np.ndarray:
        return self.arrays[content]

    def _tensor(self, content: str, node: dict) -> torch.Tensor:
        return torch.from_numpy(self.arrays[content])

    def _scalar(self, content: str, node: dict) -> Any:
        return self.arrays[content][()]

    def _words(self, content: list, node: dict) -> np.ndarray:
        flat = np.empty(len(content), dtype=node["dtype"])
        flat[:] = self._list(content, node)
        return flat.reshape(node["shape"])

    def _module(self, content: Any, node: dict) -> nn.Module:
        module = _built(content)
        module.load_state_dict({name: torch.from_numpy(array) for name, array in self.unpack(node["state"]).items()})
        return module.eval()

    def _boosted(self, content: str, node: dict) -> Boosted:
        return Boosted(content)

    def _object(self, content: str, node: dict) -> Any:
        module, _, name = content.partition(":")
        kind = getattr(import_module(module), name) if module.split(".")[0] in PACKAGES else None
        if not (isinstance(kind, type) and _allowed(kind)):
            raise LctransferError(f"The saved classifier names {content}, which is not restored: no class of ours.")
        values = self.unpack(node["values"])
        if hasattr(kind, "_fields"):
            return kind(*values)
        made: Any = object.__new__(kind)
        vars(made).update(values)
        if isinstance(made, Forest):
            made.check()
        return made


def _allowed(kind: type) -> bool:
    package = kind.__module__.split(".")[0]
    return package == "lctransfer" or (package == "sklearn" and issubclass(kind, BaseEstimator))


def _layout(module: nn.Module) -> Any:
    """Return what a network must be built from before its state fits."""
    if isinstance(module, Network):
        n_features, n_classes = (module.get_parameter(f"bn{layer}.bias").numel() for layer in (1, module.depth + 1))
        return {"Network": [n_features, n_classes, list(module.hidden), module.input_eps]}
    if isinstance(module, InContext):
        return {"InContext": list(module.sizes.values())}
    if isinstance(module, nn.Sequential):
        return {"Sequential": [_layout(layer) for layer in module]}
    name = type(module).__name__
    if name not in LAYERS:
        raise LctransferError(f"A layer of the kind {name} cannot be saved.")
    return {name: [getattr(module, attribute) for attribute in LAYERS[name][1:]]}


def _built(layout: dict[str, list]) -> nn.Module:
    ((name, sizes),) = layout.items()
    if name == "Network":
        return Network(sizes[0], sizes[1], tuple(sizes[2]), sizes[3])
    if name == "InContext":
        return InContext(*sizes)
    if name == "Sequential":
        return nn.Sequential(*(_built(layer) for layer in sizes))
    return LAYERS[name][0](*sizes)
