"""The ratios of `python -m benchmarks.engine` as bars, each beside its target."""

from collections.abc import Mapping
from pathlib import Path

NAMES = {
    "decode_vs_transformers": "decode / transformers fp32",
    "decode_drafted_vs_plain": "decode with drafts / without",
    "decode_vs_llama_cpp": "decode / llama.cpp Q4_K_M",
    "decode_drafted_vs_llama_cpp": "decode with drafts / llama.cpp",
    "prefill_vs_transformers": "prefill / transformers fp32",
    "prefill_vs_llama_cpp": "prefill / llama.cpp Q4_K_M",
    "ttft_turn3_vs_full_prefill": "first token of turn 3 / all read anew",
}


def draw(figures: Mapping[str, float], targets: Mapping[str, float], path: Path) -> None:
    """Write the chart as PNG or SVG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    keys = [key for key in NAMES if key in figures][::-1]
    figure, axes = pyplot.subplots(figsize=(7, 0.55 * len(keys) + 1.2), layout="constrained")
    bars = axes.barh([NAMES[key] for key in keys], [figures[key] for key in keys], color="#2a6f97")
    axes.bar_label(bars, fmt="%.1f ×", padding=4)
    for place, key in enumerate(keys):
        if key in targets:
            axes.plot([targets[key]] * 2, [place - 0.45, place + 0.45], color="#c1121f", lw=2)
    axes.set_xlabel("times as fast; the red line is the target")
    axes.margins(x=0.15)
    axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=140)
    pyplot.close(figure)
