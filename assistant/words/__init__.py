r"""The word lists of the sentence check and the red-flag check: one text file a subject.

A file holds sections: `[NAME]`, then alternatives, one or several a line. An indented line goes on
where the line before ended; `<<NAME>>` stands for another section of the file; `# ` is a comment.
A space at the edge of a line is written as \x20. The patterns are for texts that were normalised
by lexicon.normalise.
"""

import re
from collections.abc import Iterator
from pathlib import Path

_NO_WORD = r"[^a-z0-9\u3400-\u9fff]"


class Words:
    """The sections of words/<subject>.txt as regular expressions."""

    def __init__(self, subject: str) -> None:
        text = (Path(__file__).parent / f"{subject}.txt").read_text(encoding="utf-8")
        self._raw = dict(_sections(text))

    def text(self, name: str) -> str:
        """The pattern of a section, with the sections it names filled in."""
        return re.sub(r"<<(\w+)>>", lambda match: f"(?:{self.text(match[1])})", self._raw[name])

    def __getitem__(self, name: str) -> re.Pattern[str]:
        return re.compile(self.text(name))

    def mixed(self, name: str) -> re.Pattern[str]:
        r"""A section for texts of both scripts: \b parts Latin from Chinese, \W is neither."""
        return re.compile(self.text(name).replace(r"\W", _NO_WORD), re.ASCII)

    def table(self, kind: str) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Sections named `kind key ...`: their keys and patterns, in the file's order."""
        names = [name.split() for name in self._raw]
        return tuple((tuple(n[1:]), self.text(" ".join(n))) for n in names if n[0] == kind)


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Name and raw pattern of each section."""
    name, lines = "", list[str]()
    for line in text.splitlines():
        head = re.fullmatch(r"\[([A-Za-z_]\w*(?: [\w.]+)*)\]", line)
        if head:
            if name:
                yield name, "|".join(lines)
            name, lines = head[1], []
        elif line.startswith("    "):
            lines[-1] += line.lstrip()
        elif line and not line.startswith("# "):
            lines.append(line)
    if name:
        yield name, "|".join(lines)
