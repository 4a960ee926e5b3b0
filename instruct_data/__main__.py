"""`python -m instruct_data build`: labels -> training dialogues, reproducible from a seed."""

import json
from pathlib import Path

from instruct_data.alignment import alignment_records
from vision.command import Parser, run
from vision.data import read_idrid_grading, read_odir
from vision.errors import ResourceError


def build(data: Path, out: Path, per_photo: int, seed: int) -> dict[str, int]:
    """Write alignment-<split>.jsonl for the photos of each split; returns the counts.

    Photos of a split stay in it; the sets split by patient. Raises ResourceError where `out`
    cannot be written.
    """
    counts = {}
    for split in ("train", "val", "test"):
        records = read_odir(data / "odir", split)
        if split == "train":
            records += read_idrid_grading(data / "idrid_grading", split)
        path = out / f"alignment-{split}.jsonl"
        drawn = per_photo if split == "train" else 1
        lines = [
            json.dumps(r, ensure_ascii=False) + "\n"
            for r in alignment_records(records, data, drawn, seed)
        ]
        try:
            out.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(lines), encoding="utf-8")
        except OSError as error:
            raise ResourceError("error.cannot_write", path=path) from error
        counts[split] = len(lines)
    return counts


def main() -> None:
    """Command line."""
    parser = Parser(prog="python -m instruct_data", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    one = commands.add_parser("build", help="write the training dialogues")
    one.add_argument("--data", type=Path, required=True, help="folder with odir, idrid_grading")
    one.add_argument("--out", type=Path, required=True)
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--per-photo", type=int, default=2, help="records drawn per training photo")
    options = parser.parse_args()
    print(json.dumps(build(options.data, options.out, options.per_photo, options.seed)))


if __name__ == "__main__":
    run(main)
