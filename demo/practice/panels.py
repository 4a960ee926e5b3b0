"""What the tab says in words and tables: cases, marks, the result, the steps of the rule."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from assistant import numbers
from assistant.findings_text import grade_name, lesion_name
from demo.practice.explain import Step, steps
from demo.practice.score import Mark, Score
from demo.practice.stage import data_url
from demo.practice.state import Case, Outcome, Practice
from demo.transcript import Told
from segmentation.labels import LESIONS, MA_PRECISION, STYLES
from vision.catalogue import Language, say


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as it stands in the list; `thumbnail` is WebP, None while it is not made."""

    key: str
    name: str
    thumbnail: bytes | None


def told_html(told: Told | None, language: Language) -> str:
    """A sentence on what went wrong."""
    if told is None:
        return ""
    return f'<p class="told" role="alert">{escape(say(told.key, language, **told.values))}</p>'


def cases_html(listed: Sequence[Listed], practice: Practice, language: Language) -> str:
    """All cases as buttons, with how far each has come."""
    return "".join(_case_html(one, practice, language) for one in listed)


def _case_html(listed: Listed, practice: Practice, language: Language) -> str:
    case = practice.cases.get(listed.key)
    state = escape(_state(case, language))
    chosen = "true" if listed.key == practice.current else "false"
    picture = "" if listed.thumbnail is None else f'<img src="{data_url(listed.thumbnail)}" alt="">'
    return (
        f'<button type="button" class="case" data-key="{escape(listed.key)}" '
        f'aria-pressed="{chosen}"><span class="thumb">{picture}</span>'
        f"<b>{escape(listed.name)}</b><small>{state}</small></button>"
    )


def _state(case: Case | None, language: Language) -> str:
    if case is None or not case.begun:
        return say("demo.practice.state.new", language)
    if case.outcome is None:
        return say("demo.practice.state.begun", language)
    share = None if case.outcome.score is None else case.outcome.score.share
    if share is None:
        return say("demo.practice.state.seen", language)
    return say("demo.practice.state.done", language, percent=_percent(share))


def progress_html(count: int, practice: Practice, language: Language) -> str:
    """How many cases are done, how well."""
    done = [case for case in practice.done if case.outcome is not None]
    scores = [c.outcome.score for c in done if c.outcome is not None and c.outcome.score]
    shares = [score.share for score in scores if score.share is not None]
    graded = [c for c in done if c.outcome and c.outcome.grade is not None and c.grade is not None]
    right = sum(case.outcome is not None and case.grade == case.outcome.grade for case in graded)
    parts = [say("demo.practice.progress.done", language, done=len(done), count=count)]
    if shares:
        mean = _percent(sum(shares) / len(shares))
        parts.append(say("demo.practice.progress.lesions", language, percent=mean))
    if graded:
        values = {"right": right, "count": len(graded)}
        parts.append(say("demo.practice.progress.grades", language, **values))
    return f'<p class="progress" role="status">{escape(" · ".join(parts))}</p>'


def marks_html(marks: Sequence[Mark], language: Language) -> str:
    """How many marks there are, and each in words: what it is and where."""
    if not marks:
        text = escape(say("demo.practice.marks.none", language))
        return f'<p class="marks-told" role="status">{text}</p>'
    counts = Counter(mark.code for mark in marks)
    joint = say("demo.list_separator", language)
    items = joint.join(
        say("demo.practice.count", language, name=lesion_name(code, language), count=counts[code])
        for code in LESIONS
        if counts[code]
    )
    total = escape(say("demo.practice.marks.some", language, items=items))
    each = "".join(f"<li>{escape(_mark_text(mark, language))}</li>" for mark in marks)
    title = escape(say("demo.practice.marks.list", language))
    return (
        f'<p class="marks-told" role="status">{total}</p>'
        f'<details class="marks-list"><summary>{title}</summary><ol>{each}</ol></details>'
    )


def _mark_text(mark: Mark, language: Language) -> str:
    x, y = (f"{100 * value:.0f}%" for value in mark.points[0])
    kind = "area" if mark.radius else "point"
    name = say(f"lesion.one.{mark.code}", language)
    return say(f"demo.practice.marks.{kind}", language, name=name, x=x, y=y)


def result_html(case: Case, language: Language) -> str:
    """What was found, missed and too much, how the grades compare, and what that is worth."""
    outcome = case.outcome
    if outcome is None:
        return ""
    told = "".join(told_html(one, language) for one in outcome.told)
    score = outcome.score
    lesions = "" if score is None else _score_html(score, language)
    lines = [_grades(case.grade, outcome, language)]
    if outcome.findings.lesion_grade is not None:
        lines.append(say(outcome.findings.lesion_grade.reason, language))
        lines += [say(reason, language) for reason in outcome.findings.quality.reasons]
    grade = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    title = escape(say("demo.practice.result.grade", language))
    honest = escape(
        say("demo.practice.result.honest", language, precision=numbers.percent(MA_PRECISION))
    )
    grade = f"<h3>{title}</h3>{grade}" if grade else ""
    return f'<div class="result">{told}{lesions}{grade}<p class="honest">{honest}</p></div>'


def _score_html(score: Score, language: Language) -> str:
    def text(key: str, **values: object) -> str:
        return escape(say(f"demo.practice.result.{key}", language, **values))

    found = sum(one.found for one in score.classes)
    lesions = sum(one.lesions for one in score.classes)
    heads = "".join(
        f'<th scope="col">{text(key)}</th>' for key in ("outlined", "found", "missed", "extra")
    )
    rows = "".join(
        f'<tr><th scope="row">{STYLES[one.code].letter} · '
        f"{escape(lesion_name(one.code, language))}</th>"
        + "".join(f"<td>{n}</td>" for n in (one.lesions, one.found, one.missed, one.extra))
        + "</tr>"
        for one in score.classes
    )
    summary = text("nothing_marked") if score.share is None else (
        text("none_outlined") if not lesions
        else text("summary", found=found, count=lesions, percent=_percent(score.share))
    )  # fmt: skip
    notes = [
        text("confused", count=count, marked=lesion_name(marked, language),
             outlined=lesion_name(outlined, language))
        for (marked, outlined), count in score.confused.items()
    ] + [
        text("overlap", name=lesion_name(one.code, language), percent=_percent(one.overlap))
        for one in score.classes
        if one.overlap is not None
    ]  # fmt: skip
    table = (
        f'<table class="scores"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
    told = "".join(f"<p>{note}</p>" for note in notes) + f'<p class="key">{text("key")}</p>'
    return f"<h3>{text('lesions')}</h3><p><strong>{summary}</strong></p>{table}{told}"


def _grades(own: int | None, outcome: Outcome, language: Language) -> str:
    """The student's grade beside the system's."""
    grade, probabilities = outcome.grade, outcome.findings.dr.probabilities
    if grade is None or probabilities is None:
        return say("template.grade.none", language)
    values = {
        "grade": grade,
        "name": grade_name(grade, language),
        "percent": numbers.percent(probabilities[grade]),
        "own": own,
    }
    if own is None:
        return say("demo.practice.result.no_grade", language, **values)
    key = "same" if own == grade else "lower" if own < grade else "higher"
    return say(f"demo.practice.result.grade_{key}", language, **values)


def steps_html(outcome: Outcome | None, language: Language) -> str:
    """The rule, one question after another; a sentence where there is nothing to apply it to."""
    if outcome is None:
        return f"<p>{escape(say('demo.practice.steps.later', language))}</p>"
    found = steps(outcome.findings, language)
    if not found:
        return f"<p>{escape(say('demo.practice.steps.none', language))}</p>"
    dme = outcome.findings.dme
    risk = "" if dme is None else f"<p>{escape(say(dme.reason, language))}</p>"
    return f'<ol class="steps">{"".join(_step_html(s, language) for s in found)}</ol>{risk}'


def _step_html(step: Step, language: Language) -> str:
    verdict = ""
    if step.verdict is not None:
        word = escape(say(f"demo.practice.verdict.{step.verdict}", language))
        verdict = f' <span class="verdict-word">{word}</span>'
    return f"<li><b>{escape(step.question)}</b>{verdict}<br>{escape(step.because)}</li>"


def _percent(share: float) -> str:
    """A share that was counted: its ends are reached."""
    return f"{100 * share:.0f}%"
