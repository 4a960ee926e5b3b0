"""What the tab says in words, as HTML: how far the reading is, and a row for each photo."""

import math
from collections import Counter
from collections.abc import Sequence
from html import escape

from demo.batch.state import MOST_PHOTOS, Batch
from demo.screen.attention import GROUPS, Group, by_urgency, group
from demo.screen.card import about, facts
from demo.screen.entry import Entry
from demo.screen.photos import readable
from vision.catalogue import Language, say
from vision.intake import MAX_BYTES

MOST_ROWS = 60  # on the screen, each with its picture; the file has all


def intro(language: Language) -> str:
    """What the tab is for, and where the photos lie meanwhile."""
    return f"<p>{escape(say('demo.batch.intro', language, most=MOST_PHOTOS))}</p>"


def large(language: Language) -> str:
    """A sentence for files that the browser keeps back; `page.js` adds their names."""
    text = escape(say("demo.batch.too_large", language, most_mb=MAX_BYTES // 1_000_000))
    return f'<p id="batch-large" class="told" role="alert" hidden>{text} <b></b></p>'


def taken(batch: Batch, language: Language) -> str:
    """How many files were taken, or that there are none yet."""
    if not batch.names:
        return f'<p class="hint">{escape(say("demo.batch.empty", language))}</p>'
    new = sum(name not in batch.entries for name in batch.names)
    key = "demo.batch.taken" if new else "demo.batch.taken_all_read"
    text = say(key, language, count=len(batch.names), left=new)
    return f'<p class="now">{escape(text)}</p>'


def progress(batch: Batch, language: Language) -> str:
    """A bar, how many were read, and about how long the rest takes."""
    total, read = len(batch.names), len(batch.entries)
    if not total or not (batch.running or read):
        return ""
    said = say("demo.batch.progress", language, read=read, total=total)
    share = f"{100 * read / total:.1f}%"
    bar = (
        f'<div class="bar" role="progressbar" aria-label="{escape(said)}" aria-valuemin="0" '
        f'aria-valuemax="{total}" aria-valuenow="{read}"><b style="width:{share}"></b></div>'
    )
    return (
        f'{bar}<p class="count">{escape(said)}{_when(batch, language)}</p>{_now(batch, language)}'
    )


def _when(batch: Batch, language: Language) -> str:
    if not batch.running or batch.stop.is_set():
        return ""
    return f" · <span>{escape(_duration(batch.seconds_left(), language))}</span>"


def _duration(seconds: float, language: Language) -> str:
    if math.isnan(seconds):
        return say("demo.batch.estimating", language)
    minutes = math.ceil(seconds / 60)
    if minutes <= 1:
        return say("demo.batch.minute", language)
    if minutes < 60:
        return say("demo.batch.minutes", language, minutes=minutes)
    return say("demo.batch.hours", language, hours=minutes // 60, minutes=minutes % 60)


def _now(batch: Batch, language: Language) -> str:
    """What happens at this moment, or how it ended."""
    if batch.running and batch.stop.is_set():
        return _line(say("demo.batch.stopping", language))
    if batch.running:
        waits = batch.waits
        values = {k: readable(str(v)) for k, v in waits.values.items()} if waits else {}
        return _line(say(waits.key, language, **values)) if waits else ""
    left = len(batch.left)
    key = "demo.batch.unfinished" if left else "demo.batch.done"
    kind = "now doubt" if left else "good"
    text = say(key, language, left=left, skipped=len(batch.skipped), kept=batch.kept)
    return f'<p class="{kind}" role="status">{escape(text)}</p>'


def _line(text: str) -> str:
    return f'<p class="hint">{escape(text)}</p>'


def told(batch: Batch, language: Language) -> str:
    """Why something has not happened; read aloud when it comes."""
    if batch.told is None:
        return ""
    text = say(batch.told.key, language, **batch.told.values)
    return f'<p class="told" role="alert">{escape(text)}</p>'


def groups(batch: Batch, language: Language) -> list[tuple[str, str]]:
    """(label, name) of what can be shown alone, with counts, the most urgent first; "" is all."""
    counts = Counter(group(entry) for entry in _read(batch))
    every = f"{say('screen.all', language)} {sum(counts.values())}"
    some = [
        (f"{say(f'screen.group.{name}', language)} {counts[name]}", name)
        for name in GROUPS
        if counts[name]
    ]
    return [(every, ""), *some]


def table(batch: Batch, language: Language) -> str:
    """The photos of the chosen group, the most urgent first."""
    entries = by_urgency(_read(batch))
    if batch.group is not None:
        entries = [entry for entry in entries if group(entry) == batch.group]
    if not entries:
        return ""
    heads = "".join(
        f'<th scope="col">{escape(say(f"demo.batch.head.{name}", language))}</th>'
        for name in ("photo", "urgency", "facts")
    )
    rows = "".join(_row(entry, language) for entry in entries[:MOST_ROWS])
    more = len(entries) - MOST_ROWS
    rest = _line(say("demo.batch.more", language, count=more)) if more > 0 else ""
    head, body = f"<thead><tr>{heads}</tr></thead>", f"<tbody>{rows}</tbody>"
    return f'<table class="screened">{head}{body}</table>{rest}'


def _read(batch: Batch) -> list[Entry]:
    """What is a photo at all; the thread may add some meanwhile."""
    return [entry for entry in list(batch.entries.values()) if entry.findings is not None]


def _row(entry: Entry, language: Language) -> str:
    name, urgency = readable(entry.photo.path), group(entry)
    kinds = [about(entry, language)]
    if entry.case:
        kinds.append(say("demo.batch.case", language, code=entry.case))
    small = "".join(f"<small>{escape(text)}</small>" for text in kinds)
    lines = "".join(
        f"<li{_tone(fact.tone)}>{escape(fact.text)}</li>" for fact in facts(entry, language)
    )
    picture = _picture(entry.thumbnail, name)
    named = f"<div>{picture}<span>{escape(name)}{small}</span></div>"
    return (
        f'<tr class="{urgency}"><th scope="row">{named}</th>'
        f"<td>{_pill(urgency, language)}</td><td><ul>{lines}</ul></td></tr>"
    )


def _pill(urgency: Group, language: Language) -> str:
    return f'<span class="pill">{escape(say(f"screen.group.{urgency}", language))}</span>'


def _tone(tone: str) -> str:
    return f' class="{tone}"' if tone else ""


def _picture(thumbnail: str, name: str) -> str:
    if not thumbnail:
        return '<i class="blank" aria-hidden="true"></i>'
    source = f"data:image/webp;base64,{thumbnail}"
    return f'<img src="{source}" alt="{escape(name)}" width="80" height="60">'


def skipped(entries: Sequence[Entry], language: Language) -> str:
    """The files that were skipped, each with its reason."""
    if not entries:
        return ""
    title = escape(say("demo.batch.skipped", language, count=len(entries)))
    rows = "".join(
        f"<li><b>{escape(readable(entry.photo.path))}</b> {escape(_reason(entry, language))}</li>"
        for entry in entries
    )
    return f'<h3>{title}</h3><ul class="skipped">{rows}</ul>'


def _reason(entry: Entry, language: Language) -> str:
    return entry.problem.text(language) if entry.problem else ""
