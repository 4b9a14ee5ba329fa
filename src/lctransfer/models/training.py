"""Training of the source network with Lightning: resumable after a kill, with the same end, bit for bit.

All that an epoch leaves behind (learning rate, best weights, history) is updated before the one checkpoint of that
epoch is written, and the order of stars is a function of seed and epoch; so a resumed run repeats and misses nothing.
"""

import copy
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from torch import Tensor, nn
from torch.utils.data import DataLoader, Sampler, TensorDataset
from tqdm import tqdm

from lctransfer.config import Pretrain
from lctransfer.errors import LctransferError
from lctransfer.evaluation.metrics import matthews
from lctransfer.models.loop import PATIENCE, RESTART_BELOW, balance_of, batches
from lctransfer.models.network import Network
from lctransfer.progress import track

Parts = dict[str, tuple[np.ndarray, np.ndarray]]
Watch = Callable[[dict[str, float]], None]


class EpochOrder(Sampler[Tensor]):
    """Batches of row numbers in an order that seed and epoch alone decide."""

    def __init__(self, n: int, settings: Pretrain, draw: Tensor | None, epoch: Callable[[], int]):
        self.n, self.size, self.seed, self.draw, self.epoch = n, settings.batch_size, settings.seed, draw, epoch

    def __iter__(self) -> Iterator[Tensor]:
        # A generator, since on resuming Lightning makes the iterator before the epoch is known.
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch())
        yield from batches(self.n, self.size, generator, self.draw)

    def __len__(self) -> int:
        return max(1, -(-self.n // self.size) - (self.n > self.size and self.n % self.size == 1))


class Training(LightningModule):
    """The network, what chooses its best epoch, and the record of all epochs."""

    bar: tqdm
    plateau: torch.optim.lr_scheduler.ReduceLROnPlateau

    def __init__(self, network: Network, settings: Pretrain, weight: Tensor | None, on_epoch: Watch | None = None):
        super().__init__()
        self.network, self.settings, self.on_epoch = network, settings, on_epoch
        self.criterion = nn.CrossEntropyLoss(weight=weight)
        self.record: dict[str, Any] = {"history": [], "best": {}, "plateau": None}

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return SGD; the learning rate falls in `on_validation_epoch_end`."""
        chosen = self.settings
        kept: dict[str, Any] = {
            "lr": chosen.learning_rate,
            "momentum": chosen.momentum,
            "weight_decay": chosen.weight_decay,
        }
        optimiser = torch.optim.SGD(self.network.parameters(), **kept)
        self.plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, "min", patience=PATIENCE, eps=1e-15)
        if self.record["plateau"]:
            self.plateau.load_state_dict(self.record["plateau"])
        return optimiser

    def on_train_epoch_start(self) -> None:
        """Start sums of the epoch."""
        self.sums: dict[str, list[Any]] = {"train": [], "validation": [], "true": [], "predicted": []}

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """Return the loss of a batch."""
        loss = self.criterion(self.network(batch[0]), batch[1])
        self.sums["train"].append((float(loss.detach()), len(batch[1])))
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor]) -> None:
        """Collect loss and predictions."""
        logits = self.network(batch[0])
        self.sums["validation"].append((float(self.criterion(logits, batch[1])), len(batch[1])))
        self.sums["true"].append(batch[1].cpu().numpy())
        self.sums["predicted"].append(logits.argmax(dim=1).cpu().numpy())

    def on_validation_epoch_end(self) -> None:
        """Record the epoch, keep the best weights, adapt the learning rate, stop when nothing improves."""
        group = self.trainer.optimizers[0].param_groups[0]
        true, predicted = (np.concatenate(self.sums[key]) for key in ("true", "predicted"))
        n_classes = self.network.get_parameter(f"fc{self.network.depth}.bias").numel()
        row = {"epoch": self.current_epoch, "learning_rate": group["lr"]}
        row |= {f"{part}_loss": _mean(self.sums[part]) for part in ("train", "validation")}
        row["validation_m_c"] = (float(matthews(true[None], predicted[None], n_classes)[0]) + 1) / 2
        history = self.record["history"]
        if row["validation_m_c"] > max((past["validation_m_c"] for past in history), default=-1.0):
            self.record["best"] = copy.deepcopy({name: v.cpu() for name, v in self.network.state_dict().items()})
        history.append(row)
        if self.on_epoch:
            self.on_epoch(row)
        self.plateau.step(row["validation_loss"])
        if group["lr"] <= RESTART_BELOW:
            group["lr"] = self.settings.learning_rate
        self._stop_if_exhausted()

    def _stop_if_exhausted(self) -> None:
        scores = [row["validation_m_c"] for row in self.record["history"]]
        if scores and len(scores) - 1 - int(np.argmax(scores)) >= self.settings.patience:
            self.trainer.should_stop = True

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add the record to a checkpoint."""
        checkpoint["record"] = self.record | {"plateau": self.plateau.state_dict()}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take the record from a checkpoint; comes before `configure_optimizers`."""
        self.record = checkpoint["record"]
        self.bar.update(len(self.record["history"]))
        self._stop_if_exhausted()

    def on_train_epoch_end(self) -> None:
        """Show how far it is."""
        self.bar.update(1)
        self.bar.set_postfix(M_c=f"{max(row['validation_m_c'] for row in self.record['history']):.4f}")


def _mean(sums: list[tuple[float, int]]) -> float:
    return sum(loss * n for loss, n in sums) / sum(n for _, n in sums)


def train(
    network: Network, parts: Parts, settings: Pretrain, checkpoint: Path, on_epoch: Watch | None = None
) -> list[dict[str, float]]:
    """Train `network` in place, leave it at its best epoch, and return the history.

    Parameters
    ----------
    network : Network
        With its initial weights.
    parts : dict
        ``train`` and ``validation``: scaled inputs (n, n_features) and integer labels (n,).
    settings : config.Pretrain
        The training.
    checkpoint : Path
        Folder of the checkpoint of unfinished training, which is taken up again; removed at the end.
    on_epoch : callable, optional
        Called with each new row of the history.

    Returns
    -------
    list of dict
        Per epoch: ``epoch``, ``learning_rate``, ``train_loss``, ``validation_loss``, ``validation_m_c``.
    """
    torch.set_num_threads(1)  # the same sums in the same order on every machine
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    x, y = (torch.from_numpy(array) for array in parts["train"])
    weight, draw = balance_of(y, settings.balance)
    training = Training(network, settings, weight, on_epoch)
    order = EpochOrder(len(y), settings, draw, lambda: len(training.record["history"]))
    valid = TensorDataset(*(torch.from_numpy(array) for array in parts["validation"]))
    loaders = (
        DataLoader(TensorDataset(x, y), sampler=order, batch_size=None),
        DataLoader(valid, batch_size=65_536),
    )
    last = checkpoint / "last.ckpt"
    with track(total=settings.epochs, desc="pretrain", unit="epoch") as training.bar:
        trainer = _trainer(settings, checkpoint)
        resumed = last if last.exists() else None
        trainer.fit(training, *loaders, ckpt_path=resumed, weights_only=True)
    network.load_state_dict(training.record["best"])
    shutil.rmtree(checkpoint, ignore_errors=True)
    return training.record["history"]


def _trainer(settings: Pretrain, checkpoint: Path) -> Trainer:
    if settings.accelerator == "gpu" and not torch.cuda.is_available():
        raise LctransferError("pretrain.accelerator is gpu, but torch finds none. Set it to auto or cpu.")
    keep = ModelCheckpoint(
        checkpoint, filename="last", save_on_train_epoch_end=True, enable_version_counter=False, save_top_k=1
    )
    return Trainer(
        accelerator=settings.accelerator,
        devices=1,
        max_epochs=settings.epochs,
        callbacks=[keep],
        num_sanity_val_steps=0,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        deterministic=True,
    )
