"""The report of the conversation: drafted from the findings, edited by a person, made as a file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from assistant.report.build import build
from assistant.report.html import to_html
from assistant.report.pdf import to_pdf
from assistant.report.value import Passage, Report
from demo.cases.state import Draft, content_of
from demo.visit import Visit

Form = Literal["html", "pdf"]
PASSAGES = ("impression", "advice", "remarks")


def redraft(visit: Visit, models: Mapping[str, str]) -> None:
    """Draft the report anew where the conversation or the language is another; edits stay."""
    desk, content = visit.desk, content_of(visit.session)
    if not visit.session.analyses:
        desk.draft = None
        return
    old = desk.draft
    if old and (old.content, old.report.language) == (content, visit.language):
        return
    code = desk.linked.code if desk.linked else ""
    report = build(
        visit.session.analyses,
        visit.language,
        messages=visit.session.messages,
        models=models,
        subject=code,
    )
    desk.draft = Draft(report, content)


def note(visit: Visit, texts: Mapping[str, str]) -> None:
    """Remember which passages are worded otherwise than the findings word them."""
    if visit.desk.draft is not None:
        plain = visit.desk.draft.report
        changed = {name for name in texts if texts[name].strip() != passage(plain, name).text}
        visit.desk.texts = {name: texts[name] for name in changed}


def text_of(visit: Visit, name: str) -> str:
    """A passage as it stands in its box."""
    draft = visit.desk.draft
    drafted = "" if draft is None else passage(draft.report, name).text
    return visit.desk.texts.get(name, drafted)


def passage(report: Report, name: str) -> Passage:
    """One of the passages that can be edited."""
    found: Passage = getattr(report, name)
    return found


def made(visit: Visit, form: Form) -> tuple[bytes, str] | None:
    """The edited report as a file and its name, or None without photos; raises OphError."""
    desk = visit.desk
    if desk.draft is None:
        return None
    report = desk.draft.report.with_text(**desk.texts)
    code = desk.linked.code if desk.linked else ""
    at = datetime.now().astimezone().replace(microsecond=0)
    report = replace(report, made_at=at, subject=code)
    data = to_pdf(report) if form == "pdf" else to_html(report).encode()
    return data, f"report-{at:%Y%m%d-%H%M}{f'-{_plain(code)}' if code else ''}.{form}"


def _plain(code: str) -> str:
    return code.replace("/", "-")
