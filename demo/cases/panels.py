"""What the tab says in words, as HTML and as lines of its lists."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from demo.cases.state import Desk, Section
from demo.store_values import CaseSummary, Feedback, VisitSummary
from demo.visit import Visit
from vision.catalogue import Language, say

_MOST_LETTERS = 70  # of a note in the list


def paragraph(text: str) -> str:
    """A paragraph of plain words."""
    return f"<p>{escape(text)}</p>"


def hint(text: str) -> str:
    """What to do where there is nothing to show yet."""
    return f'<p class="hint">{escape(text)}</p>'


def told(visit: Visit, section: Section) -> str:
    """The sentence under a section's buttons; read aloud when it comes."""
    said = visit.desk.said.get(section)
    if said is None:
        return ""
    text = escape(say(said.told.key, visit.language, **said.told.values))
    name = said.told.key.rpartition(".")[2]
    role = "status" if said.good else "alert"
    return f'<p class="{"good" if said.good else "told"} said-{name}" role="{role}">{text}</p>'


def now(visit: Visit, unsaved: bool) -> str:
    """What the conversation holds, and whether all of it is stored."""
    session, linked, language = visit.session, visit.desk.linked, visit.language
    questions = sum(message.role == "user" for message in session.messages)
    if not session.analyses and not questions:
        return hint(say("demo.cases.now.empty", language))
    holds = say("demo.cases.now.holds", language, photos=len(session.analyses), questions=questions)
    if linked is None:
        where = say("demo.cases.now.unsaved", language)
    else:
        key = "changed" if unsaved else "saved"
        where = say(f"demo.cases.now.{key}", language, code=linked.code)
    kind = "doubt" if unsaved else "sure"
    return f'<p class="now {kind}">{escape(holds)} <strong>{escape(where)}</strong></p>'


def empty(desk: Desk, language: Language) -> str:
    """Why the list is empty, and what to do about it."""
    if desk.listed:
        return ""
    if desk.listed is None:
        return hint(say("demo.cases.list.unread", language))
    if desk.search:
        return hint(say("demo.cases.list.not_found", language, words=desk.search))
    return hint(say("demo.cases.list.empty", language))


def line(case: CaseSummary, language: Language) -> str:
    """One case in the list."""
    photos = say("demo.cases.photos", language, count=case.photos)
    note = " ".join(case.note.split())
    short = note if len(note) <= _MOST_LETTERS else note[:_MOST_LETTERS] + "…"
    return " · ".join(filter(None, (case.code, _moment(case.updated_at), photos, short)))


def visit_line(visit: VisitSummary, language: Language) -> str:
    """One visit of the chosen case."""
    photos = say("demo.cases.photos", language, count=visit.photos)
    questions = say("demo.cases.questions", language, count=visit.questions)
    return f"{_moment(visit.started_at)} · {photos} · {questions}"


def summary(desk: Desk, language: Language) -> str:
    """What is known of the chosen case."""
    case = desk.chosen
    if case is None:
        return ""
    made, changed = _moment(case.created_at), _moment(case.updated_at)
    text = say("demo.cases.summary", language, made=made, changed=changed)
    return f"<h3>{escape(case.code)}</h3><p>{escape(text)}</p>"


def question(case: CaseSummary, language: Language) -> str:
    """Whether a case is really to be deleted."""
    text = say("demo.cases.sure", language, code=case.code, photos=case.photos)
    return f'<p class="told" role="alert">{escape(text)}</p>'


def judged(feedback: Sequence[Feedback], language: Language) -> str:
    """Feedback on the chosen case as it is stored, the newest first."""
    if not feedback:
        return hint(say("demo.cases.judged.empty", language))
    title = escape(say("demo.cases.judged", language, count=len(feedback)))
    rows = "".join(f"<li>{_judgement(one, language)}</li>" for one in feedback)
    return f'<h4>{title}</h4><ul class="judged">{rows}</ul>'


def _judgement(one: Feedback, language: Language) -> str:
    rating = say(f"demo.cases.do.{one.rating}", language)
    about = f"“{one.answer}”" if one.answer else one.finding
    who = say("demo.cases.judged.who", language, who=one.who, at=_moment(one.given_at))
    corrected = f"<ins>{escape(one.corrected)}</ins>" if one.corrected else ""
    models = ", ".join(f"{part} {sha[:8]}" for part, sha in one.models.items())
    made_by = "; ".join(filter(None, (one.image_id[:12], models)))
    return (
        f"<b>{escape(rating)}</b> <q>{escape(about.strip('“”'))}</q> {corrected}"
        f"<small>{escape(who)}</small><small><code>{escape(made_by)}</code></small>"
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
