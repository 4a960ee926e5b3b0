"""Pictures of `stats`: what the records are of, what is asked, what was found, how long it is."""

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from instruct_data.photos import SPLITS
from vision.catalogue import LANGUAGES

_COLOURS = {"train": "#3b6ea5", "val": "#e0a030", "test": "#b04a5a", "en": "#3b6ea5",
            "zh": "#b04a5a"}  # fmt: skip
_MOST = 40  # bars of one picture
_DPI = 120


def write_plots(found: dict[str, Any], folder: Path) -> None:
    """Write stats-{records,intents,conditions,lengths}.png from what `stats` counted."""
    counts = found["counts"]
    _bars(counts, {"kind": "kind", "language": "language", "turns": "questions in a dialogue",
                   "images": "images in a dialogue"}, folder / "stats-records.png")  # fmt: skip
    _bars(counts, {"intent": "what is asked"}, folder / "stats-intents.png")
    _bars(counts, {"found": "found in the images (codes)", "explained": "explained in passages"},
          folder / "stats-conditions.png")  # fmt: skip
    _lengths(found["length"], folder / "stats-lengths.png")


def _bars(counts: dict[str, Any], wanted: dict[str, str], path: Path) -> None:
    """One panel for each wanted count, its bars stacked by split."""
    most = max(len(counts.get(what, {})) for what in wanted)
    figure = Figure(figsize=(4.6 * len(wanted), 1.6 + 0.2 * min(_MOST, most)), layout="constrained")
    panels = figure.subplots(1, len(wanted), squeeze=False)[0]
    for axes, (what, title) in zip(panels, wanted.items(), strict=True):
        _stacked(axes, counts.get(what, {}))
        axes.set_ylim(min(_MOST, most) - 0.4, -0.6)  # bars of all panels are as thick
        left_out = len(counts.get(what, {})) - _MOST
        axes.set_title(title + (f", {left_out} more" if left_out > 0 else ""), fontsize=10)
    panels[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=_DPI)


def _stacked(axes: Axes, values: dict[str, dict[str, int]]) -> None:
    names = list(values)[:_MOST]
    left = [0] * len(names)
    for split in SPLITS:
        widths = [values[name].get(split, 0) for name in names]
        axes.barh(names, widths, left=left, color=_COLOURS[split], label=split)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("count", fontsize=8)


def _lengths(length: dict[str, Any], path: Path) -> None:
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    for axes, (what, by_language) in zip(figure.subplots(1, 2), length.items(), strict=True):
        for language in LANGUAGES:
            told = by_language[language]["words"]
            axes.stairs(told["histogram"], told["edges"], color=_COLOURS[language], label=language)
        axes.set_title(f"{what}: words (en), characters (zh)", fontsize=10)
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=_DPI)
