"""`python -m assistant models list | fetch | verify`: what is installed, and is it intact."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import base_llm
from vision.catalogue import LANGUAGES, Language, say
from vision.command import Parser
from vision.errors import ModelError, OphError
from vision.packages import sha256_of

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
    for parent in _WEIGHTS:
        for weights in sorted((_REPOSITORY / parent).glob("*/model.safetensors")):
            yield _trained(weights)


def _trained(weights: Path) -> Installed:
    from vision.weights import read_config  # torch: `fetch` does without it

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
    options = parser.parse_args(arguments)
    if options.command == "fetch":
        _fetch(options.name, options.lang)
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


def _fetch(name: str | None, language: Language) -> None:
    def tell(key: str, **values: object) -> None:
        sys.stderr.write(say(key, language, **values) + "\n")

    if name is None:
        base_llm.fetch(tell)
    else:
        tell("setup.llm_ready", folder=base_llm.fetch_named(name, tell))
