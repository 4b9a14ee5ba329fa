"""The released UPSILoN-T weights as a source model (github.com/dwkim78/UPSILoN-T, MIT licence).

The release keeps its constants in pickles, which are never opened here: the numbers stand in ``released.json``.
"""

import pickle
from pathlib import Path

import torch

from lctransfer.errors import LctransferError, one_line
from lctransfer.files import read_json
from lctransfer.models.network import Network
from lctransfer.models.scaler import Scaler
from lctransfer.models.source import SourceModel
from lctransfer.taxonomy import CLASSES

CONSTANTS = Path(__file__).with_name("released.json")
ORIGIN = "Released UPSILoN-T weights (Kim et al. 2021), trained on OGLE and EROS-2 light curves."


def read(weights: Path | str) -> SourceModel:
    """Return the source model of a ``state_dict.pt`` as released.

    Parameters
    ----------
    weights : Path or str
        The file; it is read without unpickling (``weights_only=True``).

    Raises
    ------
    LctransferError
        If the file is missing, or does not hold that network's state.
    """
    scaler = Scaler.from_dict(read_json(CONSTANTS))
    network = Network(len(scaler.features), len(CLASSES))
    try:
        network.load_state_dict(torch.load(weights, weights_only=True, map_location="cpu"))
    except FileNotFoundError:
        raise LctransferError(f"There is no file {weights}. Retrieve the released weights first.") from None
    except (RuntimeError, TypeError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        reason = one_line(error)
        raise LctransferError(f"{weights} does not hold the released weights ({reason}). Retrieve it again.") from None
    return SourceModel(network, scaler, CLASSES, ORIGIN)
