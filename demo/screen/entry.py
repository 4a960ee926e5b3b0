"""What is known of one photo after it was looked at: its findings, or why there are none."""

import json
from dataclasses import dataclass
from typing import Any, Literal

from assistant.findings import Findings
from demo.screen.photos import Photo
from vision.catalogue import Language, say
from vision.errors import InputError

# read; a model failed on a part of it; not one readable photo; the machine failed on it
Status = Literal["read", "incomplete", "refused", "failed"]
FINAL: frozenset[Status] = frozenset({"read", "refused"})  # the others are tried anew


@dataclass(frozen=True, slots=True)
class Problem:
    """A catalogue sentence with what fills it in, as text that can be kept."""

    key: str
    values: dict[str, str]

    def text(self, language: Language) -> str:
        """The sentence for the reader."""
        return say(self.key, language, **self.values)


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo of the run; `models` names the models' files that it was read with."""

    photo: Photo
    models: str
    status: Status
    seconds: float = 0.0
    findings: Findings | None = None
    problem: Problem | None = None
    thumbnail: str = ""  # a WebP file in base64
    case: str = ""  # code of the case that the photo was kept as

    def to_json(self) -> str:
        """One line of ASCII, which carries file names in any encoding."""
        problem = self.problem
        return json.dumps(
            {
                "path": self.photo.path,
                "stamp": self.photo.stamp,
                "models": self.models,
                "status": self.status,
                "seconds": self.seconds,
                "findings": self.findings and self.findings.to_dict(),
                "problem": problem and {"key": problem.key, "values": problem.values},
                "thumbnail": self.thumbnail,
                "case": self.case,
            }
        )

    @staticmethod
    def from_json(line: str) -> "Entry":
        """Inverse of `to_json`; raises InputError for anything else, such as half a line."""
        try:
            data: dict[str, Any] = json.loads(line)
            findings, problem = data["findings"], data["problem"]
            return Entry(
                Photo(data["path"], data["stamp"]),
                data["models"],
                data["status"],
                data["seconds"],
                findings and Findings.from_dict(findings),
                problem and Problem(problem["key"], problem["values"]),
                data["thumbnail"],
                data.get("case", ""),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError("error.usage", detail="not a line of a journal") from error
