"""How often readable fundus photos are wrongly refused, and other pictures wrongly accepted.

Run: python -m benchmarks.intake_quality --data DIR [--others DIR ...] [--most N]
DIR holds the sets by name (idrid_lesions, idrid_grading, drive, chase, drishti, palm, odir, octdl),
each with its index.csv; `--others` are folders of pictures that are no fundus photos.
"""

import argparse
import csv
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np

from vision import fov, quality
from vision.errors import InputError
from vision.intake import read_image
from vision.types import Modality, Quality

FUNDUS = ("idrid_lesions", "idrid_grading", "drive", "chase", "drishti", "palm", "odir")
SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}
RETINA = "retina.jpg"  # scikit-image's one fundus photo


def judge(data: bytes) -> Quality | str:
    """Quality of one file, or the key of the refusal."""
    try:
        image = read_image(data)
    except InputError as error:
        return error.key
    return quality.assess(image.pixels, fov.detect(image.pixels))


def rows(folder: Path, most: int) -> Iterator[tuple[str, Path]]:
    """(group, file) of one set; ODIR's poor and cataract photos are groups of their own."""
    with (folder / "index.csv").open(encoding="utf-8", newline="") as stream:
        index = list(csv.DictReader(stream))
    random.Random(0).shuffle(index)  # noqa: S311 - a sample, not a secret
    for row in index[:most]:
        group = f"{folder.name}/{row['split']}"
        if row.get("quality_flag") == "1" or row.get("C") == "1":
            group += "/poor_or_cataract"
        places = ("", "images", row["split"], f"{row['split']}/images")
        yield group, next(p for p in (folder / s / row["image"] for s in places) if p.is_file())


def drawn_others() -> Iterator[np.ndarray]:
    """Blank, noisy, shaded and written pictures (H, W, 3) uint8."""
    rng = np.random.default_rng(0)
    for level in ((0, 0, 0), (255, 255, 255), (200, 100, 50)):
        yield np.full((400, 500, 3), level, np.uint8)
    for most in (256, 20):
        yield rng.integers(0, most, (400, 500, 3)).astype(np.uint8)
    ramp = np.linspace(0, 255, 500)[None, :, None] * np.ones((400, 1, 3))
    page = np.full((600, 450, 1), 250.0)
    for line in range(40, 560, 18):
        page[line : line + 7, 40:400][:, rng.random(360) < 0.6] = 20
    for colour in ((1, 1, 1), (0.8, 0.4, 0.2)):
        yield (ramp * colour).astype(np.uint8)
        yield (page * colour).astype(np.uint8)


def measure(data: Path, others: list[Path], most: int) -> dict[str, Counter[str]]:
    """Counts of each outcome by group of files."""
    counts: dict[str, Counter[str]] = {}

    def note(group: str, outcome: Quality | str) -> None:
        entry = counts.setdefault(group, Counter())
        entry["n"] += 1
        if isinstance(outcome, str):
            entry[outcome] += 1
            return
        entry[outcome.modality] += 1
        entry[f"gradable_{outcome.gradable}"] += 1

    for name in (*FUNDUS, "octdl"):
        for group, path in rows(data / name, most):
            note(group, judge(path.read_bytes()))
    for folder in others:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES:
                group = "retina.jpg" if path.name == RETINA else "others"
                note(group, judge(path.read_bytes()))
    for pixels in drawn_others():
        note("drawn_others", quality.assess(pixels, fov.detect(pixels)))
    return counts


def summary(counts: dict[str, Counter[str]]) -> dict[str, float]:
    """Shares of what intake let through; poor and cataract photos count for none of them."""

    def share(groups: list[str], *outcomes: str) -> float:
        total = sum(counts[g][m] for g in groups for m in get_args(Modality))
        return round(sum(counts[g][o] for g in groups for o in outcomes) / max(1, total), 4)

    fundus = [g for g in counts if g.split("/")[0] in FUNDUS and not g.endswith("cataract")]
    readable = [g for g in fundus if g.split("/")[0] not in ("odir", "palm")]
    other = [g for g in counts if g.startswith(("others", "drawn_others", "octdl"))]
    return {
        "fundus_refused": share(fundus, "other", "oct", "osa"),
        "false_no_rate": share(readable, "gradable_no"),
        "others_accepted": share(other, "cfp"),
    }


def main() -> None:
    """Print one line per group and the shares as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--others", type=Path, nargs="*", default=[])
    parser.add_argument("--most", type=int, default=600, help="photos taken from each set")
    arguments = parser.parse_args()
    started = time.perf_counter()
    counts = measure(arguments.data, arguments.others, arguments.most)
    for group in sorted(counts):
        print(group, dict(counts[group]))
    seconds = round(time.perf_counter() - started, 1)
    print(
        json.dumps(
            {
                "task": "intake_quality",
                "n": sum(c["n"] for c in counts.values()),
                "metrics": summary(counts),
                "groups": counts,
                "seconds": seconds,
            }
        )
    )


if __name__ == "__main__":
    main()
