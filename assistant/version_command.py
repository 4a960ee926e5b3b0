"""`python -m assistant versions list | use | rollback`: which adapter serves, and how it came."""

import sys
from collections.abc import Sequence

from assistant.base_llm import DEFAULT
from assistant.versions import SHIPPED, Shelf, Version
from vision.catalogue import LANGUAGES, Language, say
from vision.command import Parser


def main(arguments: Sequence[str]) -> int:
    """Run one command; raises InputError for a version that is not there or may not serve."""
    parser = Parser(prog="python -m assistant versions", description=__doc__)
    parser.add_argument("--lang", choices=LANGUAGES, default="en")
    parser.add_argument("--llm", default=DEFAULT, help="folder that assistant.train wrote")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    commands.add_parser("list", help="each version: state, id, SHA-256, date, parent, gate")
    use = commands.add_parser("use", help="let a version serve from now on")
    use.add_argument("id", help=f"as `list` gives it; {SHIPPED} is the one that came along")
    commands.add_parser("rollback", help="let the version serve that did before")
    options = parser.parse_args(arguments)
    shelf = Shelf.of(options.llm)
    if options.command == "list":
        _list(shelf, options.lang)
    else:
        now = shelf.use(options.id) if options.command == "use" else shelf.rollback()
        sys.stdout.write(say("versions.now", options.lang, id=now.id, sha256=now.sha256) + "\n")
    return 0


def _list(shelf: Shelf, language: Language) -> None:
    current, fault = shelf.current()
    if fault is not None:
        sys.stderr.write(fault.text(language) + "\n")
    for version in shelf.versions():
        serves = version.id == current.id
        state = "serves" if serves else "waits" if version.passed else "did_not_pass"
        parts = (
            say(f"versions.{state}", language), version.id, version.sha256, version.made_at or "-",
            version.parent or "-", _told(version),
        )  # fmt: skip
        sys.stdout.write("\t".join(parts) + "\n")


def _told(version: Version) -> str:
    """Method, number of records, and the gate's figures: before > after."""
    if version.gate is None:
        return "-"
    figures = (f"{k} {f.before:.2f} > {f.after:.2f}" for k, f in version.gate.items())
    return f"{version.method} {version.records}; " + ", ".join(figures)
