"""A line of a report as segments: a name, the words before it, and what follows it by eye."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.impression.cases import SIDES, Modality, Side
from assistant.impression.lexis import Eyes, Mention, eyes, states, word
from assistant.impression.naming import named, told_apart, without_asides
from assistant.impression.tables import table
from assistant.impression.values import is_number, reaches

_SENTENCE = re.compile(r"(?<=[^\s.])\.(?:\s+|$)")
_SOFT = re.compile(
    r"[,;|()、]|\s[/-]{1,2}\s|\s\+\s(?=[a-z\u4e00-\u9fff])|\bwith\b|(?=\bwithout\b)|"
    r"\band (?=(?:no|an?|in)\b)|\band\s*$|\bbut\b|伴|(?<!探)(?<!未)[及和与](?=$|无|未)"
)
_FILLER = re.compile(
    r"[\s:.,)=-]*(?:(?:with|shows?|has|have|and|a|an|the|is|are|there|eye|findings?|所见|可?见|示|的|为)[\s:]*)*"
)
_LIGHT = (",", "with", "伴", "")  # marks that also stand within what is said of one name
_ENDED = re.compile(r"(?:[,;、|]| /)\s*(?:the |in the |\()?$")
_MARK = re.compile("[,;、]")
_IN = re.compile(r"\b(?:in|of|on)(?: the)?\s*$")
_DIGIT = re.compile(r"\d")
_AT_ONCE = re.compile(r"\W{0,3}(?:\d|未见|无|none\b|no\b|nil\b)")
_MARKED = re.compile(r"\s*(?:\[[ x✓√*]?\]|[☐□☑☒✓✔■]|\([+-]{1,3}\)|\+{1,3}(?=[\s,;]|$))")
_OF_NEXT = re.compile(r"\s*[:：]\s*(no|without|无|未见|没有)\s*")
_NOT_ALONE = re.compile(r"\s*(no|without|无|未见|没有)\s*")
_THEN_NOT = re.compile(r"(?s:.*)[^\s:=].*?\s(no|without|无|未见|没有)\s*$")
_LABELLED = re.compile(r"\s*[:=]")
_PAIR = re.compile(r"\s*(?:[/&+、]|and|及|和|与|以及)\s*")
_PARTED = re.compile(r"[,;、]")
# a number that follows its name at once, of one eye or of both
_NUMBERS = re.compile(
    r"(?:[\s:=,(]*(?:(?:(?:of|is|was|at|after|about|around|approx|ca|measur\w+|up to)\b"
    r"|(?:o[ds]|[rl]e?|right|left)\b|[左右]眼?|[约为])[\s:=]*)*"
    r"[<>≥≤~≈]? ?\d+(?:\.\d+)?(?: ?(?:um|mm|nm|%|s|sec|seconds?|秒|mosm\S*)(?![a-z]))?[\s/]*)+"
)

Sides = tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of some eyes; `own` where they are named for these words alone."""

    sides: Sides
    words: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One mention with its own words; no sides stand for a text that names no eye so far."""

    mention: Mention
    name: str
    before: str
    parts: tuple[Part, ...]
    joined: bool  # nothing but a joining word lies between it and the mention before
    reached: bool  # and it is one over which a denial reaches
    paired: bool  # and it is one that makes a pair: "upper and lower lid"
    here: bool  # whether the sentence has named its eye before the name


class Scanner:
    """Goes through the lines of one report; remembers which eye they are about."""

    def __init__(self, modality: Modality) -> None:
        self.modality = modality
        self.about: Sides = ()
        self.named: list[Side] = []  # eyes in the order in which they were named

    def line(self, text: str) -> Iterator[Segment]:
        """The segments of one line."""
        for sentence in _SENTENCE.split(told_apart(without_asides(text, self.modality))):
            if sentence and sentence.strip():
                yield from self._sentence(sentence)

    def _look(self, told: Eyes) -> Sides:
        """The eyes of a word; "the other eye" is that which was not named last."""
        sides = told.sides
        if not sides and self.named:
            sides = tuple(side for side in SIDES if side != self.named[-1])
        if len(sides) == 1:
            self.named.append(sides[0])
        return sides

    def _sentence(self, text: str) -> Iterator[Segment]:
        found = named(text, self.modality)
        sides = [
            one
            for one in eyes(text)
            if all(one.end <= m.start or one.start >= m.end for m in found)
        ]
        if not found:
            told = [self._look(one) for one in sides]
            self.about = told[0] if told else self.about
            return
        head = text[: found[0].start]
        opened, listed = tuple[Side, ...](), False  # the eyes that the sentence itself begins with
        here = False  # whether this sentence has said which eye it is about
        for one in [s for s in sides if s.end <= found[0].start]:
            self.about, here = self._look(one), True
            opened = self.about
        last = max([s.end for s in sides if s.end <= found[0].start], default=0)
        before = _tail(head[last:])
        plain = not _FILLER.sub("", before).strip()  # names come first, their values follow
        bare = (
            plain and len(found) > 3 and 2 * len(_MARK.findall(text)) < len(found)
        )  # and no marks between
        joined = reached = paired = False
        spoken: Sides = ()  # of the words before, where they name their eye
        for place, mention in enumerate(found):
            end = found[place + 1].start if place + 1 < len(found) else len(text)
            between = text[mention.end : end]
            own = [s for s in sides if mention.end <= s.start < end]
            cut = len(between)
            if place + 1 < len(found):
                cut = _cut(between, plain=plain, bare=bare)
                cut = _told_of(text, mention, found[place + 1], own, cut, denied=reaches(before))
            inside = [s for s in own if s.start < mention.end + cut]
            kin = place > 0 and set(mention.fields) <= set(found[place - 1].fields)
            carried = spoken if kin and not self.about else ()  # "R two drusen, up to 110 um"
            parts, single = self._parts(
                mention, text, mention.end + cut, inside, carried, here=here
            )
            spoken = parts[-1].sides if parts[-1:] and parts[-1].own else ()
            name = text[mention.start : mention.end]
            yield Segment(mention, name, before, parts, joined, reached, paired, here)
            if single and (not here or _ENDED.search(text[mention.end : own[0].start])):
                self.about = single
            if listed and len(opened) == 2:  # "both: ... right 0.3, left 0.4, and no ..."
                self.about = opened
            rest = text[mention.end + cut : end]
            listed = False
            for one in own[len(inside) :]:
                self.about, here = self._look(one), True
                rest = text[one.end : end]
                listed = found[place + 1].fields == mention.fields
            before = _tail(rest)
            joined = bool(word("joint").fullmatch(between.strip()))
            reached = bool(word("reach").fullmatch(between.strip()))
            paired = bool(_PAIR.fullmatch(between))

    def _parts(
        self, mention: Mention, text: str, end: int, sides: list[Eyes], last: Sides, *, here: bool
    ) -> tuple[tuple[Part, ...], Sides]:
        """What is said of which eye, and the eye of a mention that names a single one behind it."""
        starts = [mention.end, *(s.end for s in sides)]
        ends = [*(s.start for s in sides), end]
        chunks = [text[a:b] for a, b in zip(starts, ends, strict=True)]
        told = [self._look(one) for one in sides]
        if told and chunks[0].strip() in ("-", ":"):  # a dash, no sign: "MA - R many, L one"
            chunks[0] = ""
        if not told:
            return (Part(self.about or last, chunks[0]),), ()
        filled = [_says(mention, chunk) for chunk in chunks]
        single = told[0] if len(told) == 1 else ()
        if not any(filled):  # "traction OD": the name alone, and whose it is
            if self.about and _SOFT.search(chunks[0]):
                return (Part(self.about, chunks[0]),), ()
            every = tuple(side for side in SIDES if any(side in t for t in told))
            return (Part(every, chunks[0]),), single
        if len(told) == 1 and self.about and _ENDED.search(chunks[0]) and told[0] != self.about:
            both = (Part(self.about, chunks[0]), Part(told[0], chunks[1], own=True))
            if filled[0] and not (filled[1] and _AT_ONCE.match(chunks[1])):
                return both[:1], single  # "OD 398; the left eye ..."
            if filled[0] or (here and filled[1] and not chunks[0].strip(" ,;、")):
                return both, ()  # "OD fluid, OS none"
        if len(told) == 1 and chunks[0].rstrip().endswith(";"):
            return (Part(self.about, chunks[0]),), single  # "up to 110 um; left ..."
        if filled[0] and not filled[-1]:  # "0.8 OD, 0.5 OS"
            behind = zip(told, chunks, filled, strict=False)
            return tuple(Part(t, c, p > 0) for p, (t, c, f) in enumerate(behind) if f), single
        first = [Part(self.about, chunks[0])] if filled[0] else []
        rest = zip(told, chunks[1:], filled[1:], strict=True)
        return (*first, *(Part(t, c, True) for t, c, f in rest if f)), ()


def _tail(text: str) -> str:
    """The words after the last mark that parts."""
    return _SOFT.split(text)[-1]


def _cut(between: str, *, plain: bool, bare: bool) -> int:
    """Where the words after one name end and those before the next begin."""
    marks = [
        m.end()
        for m in _SOFT.finditer(between)
        if not bare or m[0].strip() not in _LIGHT or _denies(between[m.end() :])
    ]
    return marks[-1] if marks else len(between) if plain else 0


def _told_of(
    text: str, mention: Mention, following: Mention, own: list[Eyes], cut: int, *, denied: bool
) -> int:
    """Where the words of a name end before the next one, by denials, labels, numbers and eyes.

    `cut` is where marks end them, `own` the eyes between the names; `denied` whether the words
    before the name deny it.
    """
    between = text[mention.end : following.start]
    labelled = _LABELLED.match(text, following.end)
    if denial := _OF_NEXT.fullmatch(between):  # "disc: no NVD"
        cut = len(between) if labelled else denial.start(1)
    elif (denial := _NOT_ALONE.fullmatch(between)) and denied:
        cut = denial.start(1)  # dictated: "no fluid no drusen"
    elif (denial := _THEN_NOT.match(between)) and not labelled:
        cut = min(cut, denial.start(1))  # "ERM flat no traction"
    elif _LABELLED.match(between) and labelled and not own:
        cut = len(between)  # "MA: none IRMA: none"
    cut = max(cut, _own(mention, following, between, parted=cut > 0))
    for one in own[-1:]:  # an eye right before the next name, and not behind a value
        said = text[own[-2].end if own[1:] else mention.end : one.start]
        valued = _says(mention, said) and not _between(said, text[one.end : following.start])
        behind = valued or _IN.search(said)
        if _FILLER.fullmatch(text[one.end : following.start]) and not behind:
            cut = min(cut, one.start - mention.end)
    return cut


def _own(mention: Mention, following: Mention, between: str, *, parted: bool) -> int:
    """Where words end that can be of the name before them alone: its number, or a state of it."""
    if not mention.fields:
        return 0
    field = mention.fields[0]
    if is_number(field):
        match = _NUMBERS.match(between)
        return match.end() if match else 0
    if marked := _MARKED.match(between):
        return marked.end()
    if parted:
        return 0
    others = [p for name in following.fields for _, p in states(name)]
    ends = [
        m.end()
        for _, pattern in states(field)
        for m in pattern.finditer(between)
        if not any(p.search(m[0]) for p in (*others, word("no")))
    ]
    return max(ends, default=0)


def _between(said: str, rest: str) -> bool:
    """Whether an eye stands behind a mark and right before the next name: "A 1, OS B 2"."""
    return bool(_ENDED.search(said)) and not _PARTED.search(rest)


def _denies(words: str) -> bool:
    """Whether words are a denial and nothing else: it is of what follows."""
    return bool(word("no").fullmatch(words.strip()))


def _says(mention: Mention, chunk: str) -> bool:
    """Whether words tell a value of a field."""
    if not mention.fields:
        return bool(_DIGIT.search(chunk))
    meta = table("fields")[mention.fields[0]]
    if "low" in meta or "av" in mention.fields:
        measured = _DIGIT.search(word("aside").sub("", chunk)) or word("unclear").search(chunk)
        return bool(measured or any(p.search(chunk) for _, p in states(mention.fields[0])))
    patterns = [p for field in mention.fields for _, p in states(field)]
    return any(p.search(chunk) for p in (*patterns, word("no"), word("yes"), word("unclear")))
