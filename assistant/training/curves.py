"""What a run tells while it goes: a JSON line a step, TensorBoard scalars, and curves as a PNG."""

import json
from pathlib import Path
from typing import Any

import numpy as np


class Curves:
    """The log of a run in a folder; a resumed run goes on after its last kept step."""

    def __init__(self, folder: Path, start: int) -> None:
        self._path, self._board = folder / "log.jsonl", folder / "tensorboard"
        folder.mkdir(parents=True, exist_ok=True)
        kept = self._path.read_text(encoding="utf-8").splitlines() if self._path.is_file() else []
        self.rows: list[dict[str, Any]] = [
            row for line in kept if (row := json.loads(line))["step"] <= start
        ]
        self._path.write_text("".join(json.dumps(row) + "\n" for row in self.rows), "utf-8")
        self._writer: Any = None

    @property
    def seconds(self) -> float:
        """How long the run took so far, all its sittings together."""
        return float(self.rows[-1]["seconds"]) if self.rows else 0.0

    def add(self, step: int, seconds: float, told: dict[str, float]) -> None:
        """Keep the numbers of a step."""
        from torch.utils.tensorboard import SummaryWriter  # seconds to import

        if self._writer is None:
            self._writer = SummaryWriter(str(self._board), purge_step=step)
        row = {"step": step, "seconds": round(seconds, 1)}
        row |= {name: round(value, 6) for name, value in told.items()}
        self.rows.append(row)
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row) + "\n")
        for name, value in told.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def last(self) -> dict[str, float]:
        """The losses at the end: of training over the last tenth of the steps, of validation."""
        tail = [row["loss"] for row in self.rows[-max(1, len(self.rows) // 10) :]]
        found = {"loss": round(float(np.mean(tail)), 4)} if tail else {}
        told = [row["val_loss"] for row in self.rows if "val_loss" in row]
        return found | ({"val_loss": round(told[-1], 4)} if told else {})

    def draw(self) -> None:
        """loss.png: the training loss, smoothed, and the validation loss."""
        import matplotlib

        matplotlib.use("agg")
        from matplotlib import pyplot

        if not self.rows:
            return
        steps, losses = zip(*((row["step"], row["loss"]) for row in self.rows), strict=True)
        width = max(1, len(losses) // 25)
        smooth = np.convolve(losses, np.ones(width) / width, "valid")
        figure, axes = pyplot.subplots(figsize=(7, 4))
        axes.plot(steps, losses, alpha=0.3, label="training")
        axes.plot(steps[width - 1 :], smooth, label=f"training, mean of {width} steps")
        held_out = [(row["step"], row["val_loss"]) for row in self.rows if "val_loss" in row]
        if held_out:
            axes.plot(*zip(*held_out, strict=True), "o-", label="validation")
        axes.set(xlabel="step", ylabel="loss a token", yscale="log")
        axes.legend()
        figure.savefig(self._path.parent / "loss.png", dpi=120, bbox_inches="tight")
        pyplot.close(figure)
