"""Two photos beside each other as HTML: the sentences, the table, and the cautions."""

from html import escape

from assistant.findings import Findings
from demo.compare import Comparison, Line, compare
from demo.pair import Pair
from vision.catalogue import Language, say


def compare_html(pair: Pair, left: Findings, right: Findings, language: Language) -> str:
    """What the two photos of a pair say beside each other."""
    told = compare(left, right, pair.kind, language)
    words = " ".join(told.sentences) if language == "en" else "".join(told.sentences)
    cautions = "".join(f"<li>{escape(caution)}</li>" for caution in told.cautions)
    return (
        (f'<p class="compared">{escape(words)}</p>' if words else "")
        + _table_html(told, pair, left, right, language)
        + (f'<ul class="cautions">{cautions}</ul>' if cautions else "")
    )


def _table_html(
    told: Comparison, pair: Pair, left: Findings, right: Findings, language: Language
) -> str:
    if not told.lines:
        return ""
    change = any(line.change for line in told.lines)
    last = f'<th scope="col">{escape(say("demo.compare.change", language))}</th>' if change else ""
    heads = "".join(
        f'<th scope="col">{escape(head)}<small>{escape(eye)}</small></th>'
        for head, eye in (
            (_head(pair, "left", language), say(f"eye.{left.image.eye}", language)),
            (_head(pair, "right", language), say(f"eye.{right.image.eye}", language)),
        )
    )
    caption = escape(say(f"demo.compare.caption.{pair.kind}", language))
    rows = "".join(_row_html(line, change=change) for line in told.lines)
    return (
        f'<table class="findings compare"><caption>{caption}</caption>'
        f'<thead><tr class="head"><td></td>{heads}{last}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _head(pair: Pair, side: str, language: Language) -> str:
    number = pair.left if side == "left" else pair.right
    key = f"demo.compare.head.{side}" if pair.kind == "visits" else "demo.photo.name"
    return say(key, language, number=number)


def _row_html(line: Line, *, change: bool) -> str:
    note = f"<small>{escape(line.note)}</small>" if line.note else ""
    last = f"<td>{escape(line.change)}</td>" if change else ""
    marks = [mark for mark in ("differs", "is_part") if getattr(line, mark)]
    return (
        f'<tr class="{" ".join(marks)}"><th scope="row">{escape(line.name)}'
        f"{note}</th><td>{escape(line.left)}</td><td>{escape(line.right)}</td>{last}</tr>"
    )
