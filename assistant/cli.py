"""The assistant on the command line: progress on stderr, results alone on stdout."""

import argparse
import io
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.base_llm import KINDS
from assistant.focus import answer_language
from assistant.impression.cases import MODALITIES
from segmentation.labels import LESIONS, STRUCTURES
from vision.catalogue import LANGUAGES, Language, say
from vision.command import Parser
from vision.errors import InputError, OphError, ResourceError

if TYPE_CHECKING:  # the models are imported only where a command needs them: --help stays fast
    from assistant.analysis import Analysis
    from assistant.pipeline import AnswerEvent, Pipeline
    from assistant.session import Session


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _load(options: argparse.Namespace, language: Language) -> "Pipeline":
    from assistant.pipeline import Pipeline

    _tell(say("cli.loading", language))
    pipeline = Pipeline.load(options.llm, options.engine)
    for problem in pipeline.problems:
        _tell(problem.text(language))
    return pipeline


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("error.file_missing", path=path) from error


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ResourceError("error.cannot_write", path=path) from error


def _analyze(pipeline: "Pipeline", path: Path, language: Language) -> "Analysis":
    from assistant.analysis import Step

    for item in pipeline.analyze(_bytes_of(path)):
        if not isinstance(item, Step):
            return item
        if item.status != "running":
            _tell(f"{say(f'step.{item.name}', language)}: {item.status} ({item.seconds:.1f} s)")
    raise AssertionError("an analysis ends with its findings")


def _eyes_alone() -> "Pipeline":
    """The models that read photos, without the language model."""
    from assistant.analysis import Reader
    from assistant.pipeline import Pipeline
    from segmentation.predict import Segmenter
    from vision.classifier import Classifier

    return Pipeline(Reader(Classifier.load(), Segmenter.load()), None, {}, [])


def analyze(options: argparse.Namespace) -> None:
    """Findings as JSON on stdout or in a file, the overlay as a PNG, the masks in a folder."""
    from assistant.analysis import with_scale

    analysis = with_scale(_analyze(_eyes_alone(), options.image, options.lang), options.um_per_px)
    text = analysis.findings.to_json()
    if options.overlay:
        _write(options.overlay, _overlay_png(analysis))
    if options.masks:
        _write_masks(analysis, options)
    if options.json:
        _write(options.json, text.encode() + b"\n")
    else:
        print(text)


def _overlay_png(analysis: "Analysis") -> bytes:
    """The photo at full size with every lesion class drawn over it, or a scan with its retina."""
    from PIL import Image

    from segmentation.overlay import draw

    pixels = analysis.image.pixels
    masks = {} if analysis.retina is None else analysis.retina.lesions
    if masks or analysis.structures:
        pixels = draw(pixels, {**masks, **analysis.structures}, (*LESIONS, *STRUCTURES))
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def _write_masks(analysis: "Analysis", options: argparse.Namespace) -> None:
    from segmentation.export import write_masks

    if analysis.retina is None:
        _tell(say("cli.no_masks", options.lang))
    else:
        write_masks(analysis.image, analysis.retina, options.masks, options.image.name)


def report(options: argparse.Namespace) -> None:
    """The report of one visit as PDF, as HTML, or as HTML on stdout."""
    from assistant.report.build import build
    from assistant.report.html import to_html
    from assistant.report.pdf import to_pdf
    from assistant.session import Session

    pipeline, session = _eyes_alone(), Session()
    for path in options.images:
        number = session.add(_analyze(pipeline, path, options.lang))
        session.set_scale(number, options.um_per_px)
    made = build(session.analyses, options.lang)
    if options.pdf:
        _write(options.pdf, to_pdf(made))
    if options.html:
        _write(options.html, to_html(made).encode())
    if not (options.pdf or options.html):
        print(to_html(made))


def _answer(
    pipeline: "Pipeline", session: "Session", question: str, language: Language
) -> "AnswerEvent":
    event = None
    for event in pipeline.ask(session, question, language, threading.Event()):  # noqa: B007
        pass
    if event is None:
        raise AssertionError("an answer ends with its last event")
    if event.notice:
        _tell(say(event.notice, language))
    return event


def _print(event: "AnswerEvent", language: Language) -> None:
    """The answer, and what it draws on where it is one on eyes in general."""
    from assistant.citations import lines

    print(event.text)
    if event.sources:
        print("\n".join([say("knowledge.heading", language), *lines(event.sources, language)]))


def ask(options: argparse.Namespace) -> None:
    """One answer about one image."""
    from assistant.session import Session

    language: Language = options.lang or answer_language(options.question, "en")
    pipeline = _load(options, language)
    session = Session()
    session.add(_analyze(pipeline, options.image, language))
    event = _answer(pipeline, session, options.question, language)
    if options.json:
        from assistant.citations import citations

        findings = session.analyses[0].findings.to_dict()
        cited = [asdict(one) for one in citations(event.sources, language)]
        answer = asdict(event) | {"sources": cited}
        print(json.dumps({"answer": answer, "findings": findings}, ensure_ascii=False))
    else:
        _print(event, language)
    _tell(say("notice.long", language))


def chat(options: argparse.Namespace) -> None:
    """A conversation in the terminal; a path to an image file adds a photo."""
    from assistant.session import Session

    language: Language = options.lang or "en"
    pipeline = _load(options, language)
    session = Session()
    if options.image:
        session.add(_analyze(pipeline, options.image, language))
    _tell(say("notice.long", language) + "\n" + say("cli.chat_hint", language))
    while True:
        try:
            with _reading_ahead(pipeline, session, language):
                line = input(say("cli.ask_prompt", language) + "> ").strip()
        except EOFError:
            return
        if line in ("/quit", "/exit"):
            return
        try:
            if line and len(line) < 1000 and Path(line).is_file():
                number = session.add(_analyze(pipeline, Path(line), language))
                print(say("prompt.photo", language, number=number))
                continue
            spoken = options.lang or answer_language(line, language)
            _print(_answer(pipeline, session, line, spoken), spoken)
        except OphError as error:
            print(error.text(language))


@contextmanager
def _reading_ahead(pipeline: "Pipeline", session: "Session", language: Language) -> Iterator[None]:
    """While a question is being typed, what it will follow is read."""
    stop = threading.Event()
    target, told = pipeline.read_ahead, (session, language, stop)
    reading = threading.Thread(target=target, args=told, daemon=True)
    reading.start()
    try:
        yield
    finally:
        stop.set()
        reading.join()


def impression(options: argparse.Namespace) -> None:
    """The impression of a report's text (assistant.impression.command)."""
    from assistant.impression.command import impression as run

    run(options)


def main() -> int:
    """Parse and run one command."""
    if sys.argv[1:2] == ["models"]:
        from assistant.models import main as models

        return models(sys.argv[2:])
    if sys.argv[1:2] == ["versions"]:
        from assistant.version_command import main as versions

        return versions(sys.argv[2:])
    parser = Parser(prog="python -m assistant", description=say("notice.long", "en"))
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)

    one = commands.add_parser("analyze", help="findings of one image as JSON")
    one.add_argument("image", type=Path)
    one.add_argument("--json", type=Path, metavar="F", help="write the JSON here, not to stdout")
    one.add_argument(
        "--overlay", type=Path, metavar="F", help="write the photo with its outlines (PNG)"
    )
    one.add_argument(
        "--masks", type=Path, metavar="DIR", help="write the masks here (PNG and COCO's JSON)"
    )
    one.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the progress")
    one.set_defaults(run=analyze)

    four = commands.add_parser("report", help="a report of one visit, of one or more images")
    four.add_argument("images", type=Path, nargs="+", metavar="image")
    four.add_argument("--pdf", type=Path, metavar="F", help="write a PDF")
    four.add_argument("--html", type=Path, metavar="F", help="write HTML; on stdout without either")
    four.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the report")
    four.set_defaults(run=report)

    for command in (one, four):
        command.add_argument(
            "--um-per-px", type=float, metavar="N", help="micrometres of one pixel down an OCT scan"
        )

    two = commands.add_parser("ask", help="one answer about one image")
    two.add_argument("image", type=Path)
    two.add_argument("question")
    two.add_argument(
        "--json", action="store_true", help="answer, checks, timing and findings as JSON"
    )
    two.set_defaults(run=ask)

    three = commands.add_parser("chat", help="a conversation in the terminal")
    three.add_argument("image", type=Path, nargs="?")
    three.set_defaults(run=chat)
    for command in (two, three):
        command.add_argument("--lang", choices=LANGUAGES, help="default: the question's language")

    five = commands.add_parser("impression", help="report text on stdin, impression on stdout")
    five.add_argument("--modality", required=True, choices=MODALITIES)
    five.add_argument("--lang", choices=LANGUAGES, help="default: the report's language")
    five.add_argument("--json", action="store_true", help="what was read, rules, check and timing")
    five.add_argument("--rules-only", action="store_true", help="without the language model")
    five.set_defaults(run=impression)
    for command in (two, three, five):
        command.add_argument("--llm", default="default", help="folder or hub id of another LLM")
        command.add_argument("--engine", default="auto", choices=KINDS, help="runs the LLM")

    commands.add_parser("models", help="list, fetch or verify the models")
    commands.add_parser("versions", help="list, use or roll back what feedback taught")
    options = parser.parse_args()
    options.run(options)
    return 0
