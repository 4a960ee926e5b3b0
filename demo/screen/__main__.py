"""`python -m demo.screen FOLDER --out table.csv`: every photo of a folder, as one table."""

import argparse
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from demo.screen.cluster import LOCAL, on_ray
from demo.screen.entry import Entry
from demo.screen.job import Job, screen
from demo.screen.photos import Photo
from demo.screen.reading import PhotoReader, shipped_models, shipped_reader
from demo.screen.workers import Source, in_processes
from vision.catalogue import LANGUAGES, Language, say
from vision.command import Parser, run
from vision.errors import OphError


def main() -> int:
    """Screen; 2 with one sentence where it cannot be done."""
    options = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was read is written

    def tell(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    tell(say("notice.long", options.lang))
    try:
        models = shipped_models()
        job = Job(options.folder, options.out, models, options.lang, options.thumbnails)
        reader = PhotoReader(job.folder.resolve(), models, shipped_reader)
        if options.ray is None:
            source = in_processes(reader, options.workers)
        else:
            source = on_ray(reader, options.workers, options.ray)
        screen(job, _with_bar(source, options.lang), tell)
    except OphError as error:
        tell(error.text(options.lang))
        return 2
    return 0


def _with_bar(source: Source, language: Language) -> Source:
    """The same source, how far it is shown on stderr."""

    def shown(photos: Sequence[Photo]) -> Iterator[Entry]:
        name = say("screen.photos", language)
        with tqdm(
            total=len(photos), unit="", file=sys.stderr, dynamic_ncols=True, desc=name
        ) as bar:
            for entry in source(photos):
                yield entry
                bar.update()

    return shown


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """What a command line asks for."""
    parser = Parser(prog="python -m demo.screen", description=say("notice.long", "en"))
    parser.add_argument("folder", type=Path, help="photos, also in folders within it")
    parser.add_argument("--out", type=Path, required=True, metavar="F", help=".csv or .parquet")
    parser.add_argument(
        "--workers", type=_count, default=1, metavar="N", help="processes (%(default)s)"
    )
    parser.add_argument(
        "--thumbnails", type=Path, metavar="DIR", help="thumbnails as files here, not in the page"
    )
    parser.add_argument("--ray", metavar="ADDRESS", help=f"of a Ray cluster, or {LOCAL}")
    parser.add_argument("--lang", choices=LANGUAGES, default="en")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    logging.getLogger("pebble").setLevel(logging.CRITICAL)
    run(main)
