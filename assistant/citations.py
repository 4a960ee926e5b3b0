"""What an answer draws on, for a reader: which entry of the knowledge base, and whom it follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.knowledge import passage, sources
from vision.catalogue import Language, say


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage by its id, the name of its entry and section, and the work that it follows."""

    id: str
    title: str
    source: str


def citations(passage_ids: Sequence[str], language: Language) -> list[Citation]:
    """One for each passage, in order."""
    found = []
    for one in map(passage, passage_ids):
        section = say(f"knowledge.section.{one.section}", language)
        title = say("knowledge.title", language, entry=one.entry.name[language], section=section)
        found.append(Citation(one.id, title, sources()[one.source]))
    return found


def lines(passage_ids: Sequence[str], language: Language) -> list[str]:
    """Title and work in one line each, once where several passages share both."""
    cited = [(one.title, one.source) for one in citations(passage_ids, language)]
    return [
        say("knowledge.cited", language, title=title, source=source)
        for title, source in dict.fromkeys(cited)
    ]
