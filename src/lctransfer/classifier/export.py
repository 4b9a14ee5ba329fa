"""The network of a source model as ONNX: for services that run without torch, and without this package."""

from pathlib import Path

import torch
from torch import Tensor, nn

from lctransfer.errors import LctransferError
from lctransfer.files import replacing
from lctransfer.models.source import SourceModel

OPSET = 18


class _Probabilities(nn.Module):
    """Scaled features to class probabilities."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.softmax(self.network(inputs), dim=1)


def export_onnx(model: SourceModel, target: Path | str) -> None:
    """Write a source model's network as an ONNX file.

    Parameters
    ----------
    model : SourceModel
        Its network takes inputs that are scaled already: ``model.inputs(features)``, float32 of shape (n, n_features).
    target : Path or str
        The file. Input ``inputs``, output ``probabilities`` of shape (n, n_classes); names of features and classes are
        in the file's metadata.

    Raises
    ------
    LctransferError
        If onnx is not installed.
    """
    try:
        import onnx
    except ImportError:
        raise LctransferError("Export needs onnx: pip install 'lctransfer[onnx]'.") from None
    example = torch.zeros((2, len(model.features)))
    batch = torch.export.Dim("stars", min=1)
    made = torch.onnx.export(
        _Probabilities(model.network).eval(),
        (example,),
        input_names=["inputs"],
        output_names=["probabilities"],
        dynamic_shapes={"inputs": {0: batch}},
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    if made is None:
        raise LctransferError("torch made no ONNX file of this network.")
    with replacing(target) as aside:
        assert made is not None
        made.save(str(aside))
        described = onnx.load(str(aside))
        told = {"features": ",".join(model.features), "classes": ",".join(model.classes), "origin": model.origin}
        onnx.helper.set_model_props(described, told)
        onnx.save(described, str(aside))
