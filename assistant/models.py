"""`python -m assistant models list | fetch | verify | export`: what is installed, is it intact."""

import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import base_llm
from assistant.prepared import Prepared
from assistant.versions import Shelf
from vision.catalogue import LANGUAGES, Language, say
from vision.command import Parser
from vision.errors import ModelError, OphError
from vision.model_config import read_config
from vision.packages import sha256_of

_log = logging.getLogger(__name__)
_REPOSITORY = Path(__file__).resolve().parents[1]
_WEIGHTS = ("vision/weights", "segmentation/weights", "assistant/weights")


@dataclass(frozen=True, slots=True)
class Installed:
    """One model of this installation; `fault` is None where its files are as they were made."""

    name: str
    path: Path
    fault: OphError | None


def installed() -> Iterator[Installed]:
    """The language model and every trained model of the repository, each compared with its hash."""
    folder = base_llm.model_folder()
    fault = base_llm.fault_of(folder)
    yield Installed(base_llm.BASE.name, folder, ModelError(fault, path=folder) if fault else None)
    if fault is None:
        yield from _prepared(folder)
    for parent in _WEIGHTS:
        for weights in sorted((_REPOSITORY / parent).glob("*/model.safetensors")):
            yield _trained(weights)


def _prepared(base: Path) -> Iterator[Installed]:
    """The files of the fast engine; nothing where it is not installed."""
    try:
        prepared = Prepared.of(base, _adapter())
    except ModelError:
        return
    whole = prepared.is_whole(thorough=True)
    fault = None if whole else ModelError("llm.engine_unprepared", path=prepared.folder)
    yield Installed(f"{base.name} (OpenVINO)", prepared.folder, fault)


def _adapter() -> Path | None:
    """The version that serves."""
    return Shelf.of(base_llm.DEFAULT).current()[0].adapter


def _trained(weights: Path) -> Installed:
    name = weights.parent.relative_to(_REPOSITORY).as_posix()
    try:
        intact = sha256_of(weights) == read_config(weights.parent).get("sha256")
        fault = None if intact else ModelError("error.weights_altered", path=weights)
    except ModelError as error:
        fault = error
    return Installed(name, weights.parent, fault)


def main(arguments: Sequence[str]) -> int:
    """Run one command; raises the first fault of `verify`, so that the exit status is 2."""
    parser = Parser(prog="python -m assistant models", description=__doc__)
    parser.add_argument("--lang", choices=LANGUAGES, default="en")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    commands.add_parser("list", help="name, state and folder of each model")
    fetch = commands.add_parser("fetch", help="fetch and convert the language model, once")
    fetch.add_argument("name", nargs="?", help="another causal LM of the Hugging Face Hub")
    commands.add_parser("verify", help="compare every model's files with their SHA-256")
    export = commands.add_parser("export", help="write the networks that see as ONNX files")
    export.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "fetch":
        _fetch(options.name, options.lang)
        return 0
    if options.command == "export":
        _export(options.folder, options.lang)
        return 0
    faults = []
    for model in installed():
        state = "models.faulty" if model.fault else "models.ready"
        sys.stdout.write(f"{say(state, options.lang)}\t{model.name}\t{model.path}\n")
        if model.fault:
            faults.append(model.fault)
    if options.command == "verify" and faults:
        raise faults[0]
    return 0


def _export(folder: Path, language: Language) -> None:
    """Each file with its largest difference from PyTorch's logits, once it is written."""
    from assistant.onnx_export import export  # torch: a slow import

    sys.stderr.write(say("models.exporting", language) + "\n")
    for made in export(folder):
        sys.stdout.write(f"{made.path}\t{made.largest_difference:.1e}\n")
        sys.stdout.flush()


def _fetch(name: str | None, language: Language) -> None:
    def tell(key: str, **values: object) -> None:
        sys.stderr.write(say(key, language, **values) + "\n")

    if name is None:
        _prepare(base_llm.fetch(tell), tell)
    else:
        tell("setup.llm_ready", folder=base_llm.fetch_named(name, tell))


def _prepare(base: Path, tell: base_llm.Progress) -> None:
    """Convert the embedded model for the fast engine; without it the other one serves."""
    try:
        if Prepared.of(base, _adapter()).is_whole(thorough=False):
            return
        tell("setup.llm_preparing")
        from assistant.openvino_convert import prepare  # torch and OpenVINO: the slow imports

        prepare(base, _adapter())
    except ImportError as error:
        _log.info("no conversion for OpenVINO: %s", error)
    except OphError as error:
        tell(error.key, **error.values)
