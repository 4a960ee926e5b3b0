"""What readers' feedback becomes for training: an answer preferred to another, or one rated alone.

Each is a dialogue (instruct_data.schema) whose last answer is judged; what was said before it is
what it was an answer to.
"""

from dataclasses import dataclass
from typing import Any

from instruct_data.schema import Record


@dataclass(frozen=True, slots=True)
class Preference:
    """The record's last answer is better than `rejected`, which the model gave."""

    record: Record
    rejected: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-ready dict."""
        return {"record": self.record.to_dict(), "rejected": self.rejected}


@dataclass(frozen=True, slots=True)
class Rated:
    """The record's last answer, which the model gave, is good or not."""

    record: Record
    good: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-ready dict."""
        return {"record": self.record.to_dict(), "good": self.good}
