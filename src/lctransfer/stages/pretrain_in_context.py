"""How the in-context network learns: tasks from simulated surveys, without a real star."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch.nn.functional import cross_entropy

from lctransfer.config import Features
from lctransfer.features import extract
from lctransfer.files import replacing, sha256, write_text
from lctransfer.models.in_context import InContext, Tasks
from lctransfer.models.in_context_tasks import Survey, batch
from lctransfer.models.simulated import FOLDER, simulated
from lctransfer.parquet import read_parquet, write_parquet
from lctransfer.progress import track
from lctransfer.simulate.randomised import even_survey
from lctransfer.transfer.sweep import inputs, sound

PER_KIND = 22
"""Stars of each kind in a simulated survey."""
HELD_OUT = 0.05
"""Share of the surveys that only the validation loss sees."""
STEPS_PER_SURVEY, TASKS_PER_STEP, TASKS_TO_VALIDATE = 30, 12, 192
LEARNING_RATE, WEIGHT_DECAY, WARM_UP, LARGEST_GRADIENT = 1.5e-3, 0.02, 200, 1.0
EVERY = 200
"""Steps between two rows of the history."""
CARD = """# Model card: the in-context network

- **What it is**: a transformer of {n_weights:,} weights that reads the labelled stars of a survey and classifies
  others, without being trained on the survey. It sees what the simulated sky's network says of each star, too.
- **Learnt from**: tasks drawn from {n_surveys:,} simulated surveys, seed {seed}, {n_steps:,} steps. No real star.
- **Meant for**: up to 20 labels per class; strategy `in_context`, and a member of `auto`.
- **Not meant for**: features other than those of the simulated sky; many labels, of which it reads a part.
- **Measured**: loss {loss:.3f} on tasks from {n_held_out} simulated surveys kept apart. On real stars:
  `benchmarks/results/in_context.md`.
- **Made again**: `make in_context`. Weights can differ from machine to machine.
- **Weights**: SHA-256 `{digest}`.
- **Licence**: BSD-3-Clause. **Cite**: CITATION.cff.
"""


def in_context_network(n_surveys: int, directory: Path, *, seed: int = 0, threads: int = 1) -> None:
    """Simulate surveys, extract features, train, and write the in-context network below `directory`.

    Parameters
    ----------
    n_surveys : int
        Simulated surveys of about 1,100 stars each; training takes `STEPS_PER_SURVEY` steps for each.
    directory : Path
        Gets ``in_context.safetensors``, ``in_context.md`` (a card) and ``history.csv``; features are kept in
        ``features/``, where a run that was ended early finds them; training then begins again.
    seed : int
        Of the surveys, the tasks and the first weights.
    threads : int
        For extracting features; the result does not depend on it.
    """
    directory = Path(directory)
    numbers = track(range(n_surveys), desc="simulate surveys", unit="survey")
    surveys = [_survey(directory / "features" / f"{n:05d}.parquet", n, seed, threads) for n in numbers]
    n_held_out = max(1, round(HELD_OUT * n_surveys))
    torch.set_num_threads(1)  # the same sums in the same order on every machine
    torch.manual_seed(seed)
    network = InContext(len(simulated().features))
    n_steps = STEPS_PER_SURVEY * n_surveys
    history = train(network, surveys[n_held_out:], surveys[:n_held_out], n_steps, np.random.default_rng(seed))
    write_text(directory / "history.csv", pd.DataFrame(history).to_csv(index=False))
    with replacing(directory / "in_context.safetensors") as aside:
        network.save(aside, sha256(FOLDER / "model.safetensors"))
    counts = {"n_surveys": n_surveys, "n_held_out": n_held_out, "n_steps": n_steps, "seed": seed}
    write_text(directory / "in_context.md", _card(network, directory, history[-1]["validation_loss"], counts))


def _card(network: InContext, directory: Path, loss: float, counts: dict[str, int]) -> str:
    n_weights = sum(weight.numel() for weight in network.parameters())
    return CARD.format(n_weights=n_weights, loss=loss, digest=sha256(directory / "in_context.safetensors"), **counts)


def _survey(path: Path, number: int, seed: int, threads: int) -> Survey:
    """Return a simulated survey, its features read if they are there."""
    if not path.exists():
        table = even_survey(number, PER_KIND, seed).drop_columns(["period_days", "survey_kind"])
        write_parquet(path, extract(table, Features(set="both"), threads=threads))
    stars = read_parquet(path).to_pandas()
    stars = stars[sound(stars)]
    kinds = stars["class_name"].to_numpy(dtype=str)
    return Survey(simulated().inputs(inputs(stars)), {str(k): np.flatnonzero(kinds == k) for k in np.unique(kinds)})


def train(
    network: InContext, surveys: list[Survey], held_out: list[Survey], n_steps: int, rng: np.random.Generator
) -> list[dict[str, float]]:
    """Train `network` in place; return, every `EVERY` steps, the losses so far.

    Parameters
    ----------
    network : InContext
    surveys, held_out : list of Survey
        Tasks to learn from come from the first, those to validate from the second.
    n_steps : int
        The learning rate falls to nothing at the last one.
    rng : numpy.random.Generator
        Of the tasks.
    """
    validation = [_drawn(held_out, rng) for _ in range(TASKS_TO_VALIDATE // TASKS_PER_STEP)]
    optimiser = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    rates = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, n_steps))
    history, losses = [], []
    for step in track(range(1, n_steps + 1), desc="in-context network", unit="step"):
        loss = _loss(network, *_drawn(surveys, rng))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        optimiser.step()
        rates.step()
        losses.append(loss.item())
        if step % EVERY == 0 or step == n_steps:
            history.append({"step": step, "loss": np.mean(losses), "validation_loss": _validate(network, validation)})
            losses = []
    return history


def _drawn(surveys: list[Survey], rng: np.random.Generator) -> tuple[Tasks, torch.Tensor]:
    return batch(surveys, simulated(), rng, TASKS_PER_STEP)


def _rate(step: int, n_steps: int) -> float:
    """Return the learning rate over its largest: a linear start, then half a cosine."""
    return min(1, (step + 1) / WARM_UP) * (0.5 * (1 + math.cos(math.pi * step / n_steps)) + 0.01)


def _loss(network: InContext, tasks: Tasks, classes: torch.Tensor) -> torch.Tensor:
    return cross_entropy(network(tasks).flatten(0, 1), classes.flatten(), ignore_index=-1)


@torch.no_grad()
def _validate(network: InContext, tasks: list[tuple[Tasks, torch.Tensor]]) -> float:
    return float(np.mean([_loss(network, *part).item() for part in tasks]))
