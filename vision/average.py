"""The even mean of eye encoders: `python -m vision.average FOLDER FOLDER ... --out FOLDER`.

Rounds of one training that started from each other lie in one basin: the mean of their weights is
often better than each (Wortsman et al., Model soups, ICML 2022), and costs no time when it is used.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import torch

from vision.command import Parser, run
from vision.errors import InputError
from vision.weights import load_folder, save_folder


def average(folders: Sequence[Path], out: Path) -> str:
    """Write the mean of the folders' weights with the first one's config; returns the SHA-256.

    Counts (integers) are the first one's too. Raises InputError where the networks differ in shape
    and ModelError where a folder cannot be read.
    """
    (config, first, _), *others = [load_folder(folder) for folder in folders]
    for folder, (_, state, _) in zip(folders[1:], others, strict=True):
        if {k: v.shape for k, v in state.items()} != {k: v.shape for k, v in first.items()}:
            raise InputError("error.usage", detail=f"{folder}: not the network of {folders[0]}")
    states = [first, *(state for _, state, _ in others)]
    mean = {
        k: torch.stack([state[k] for state in states]).mean(0) if v.is_floating_point() else v
        for k, v in first.items()
    }
    return save_folder(out, config, mean)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; raises OphError where a folder cannot be averaged."""
    parser = Parser(prog="python -m vision.average", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(arguments)
    print(json.dumps({"weights_sha256": average(args.folders, args.out)}))


if __name__ == "__main__":
    run(main)
