"""The conclusion of a report as a doctor writes it, and answers to questions about it."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.impression import cfp, oct, osa
from assistant.impression.cases import Case, Conclusion, EyeValues, Reading, plain
from assistant.impression.gaps import closed
from assistant.impression.osa import meiboscore
from assistant.impression.tables import eye_words, table
from vision.catalogue import Language

_READ: dict[str, Callable[[Case, EyeValues], Reading]] = {
    "osa": osa.read,
    "oct": oct.read,
    "cfp": cfp.read,
}


@dataclass(frozen=True, slots=True)
class Item:
    """A conclusion that holds for one or both eyes; `side` is OD, OS or both."""

    said: Conclusion
    side: str
    eyes: tuple[tuple[EyeValues, tuple[str, ...]], ...]  # whose values, and which speak for it


def readings(case: Case) -> list[tuple[EyeValues, Reading]]:
    """What the criteria say of each eye."""
    read = _READ[case.modality]
    return [(eye, closed(case, eye, read(case, eye))) for eye in case.eyes]


def items_of(read: list[tuple[EyeValues, Reading]]) -> list[Item]:
    """Conclusions in the order of the eyes, the same one of both eyes told once."""
    found: dict[tuple[str, str], list[tuple[EyeValues, Conclusion]]] = {}
    for eye, reading in read:
        for said in reading.conclusions:
            found.setdefault((said.code, said.level), []).append((eye, said))
    return [
        Item(
            held[0][1],
            "both" if len(held) == 2 else held[0][0].side,
            tuple((eye, said.basis) for eye, said in held),
        )
        for held in found.values()
    ]


class Pen:
    """Words for the conclusions of one case in one language."""

    def __init__(self, case: Case, language: Language, rng: random.Random) -> None:
        self.case, self.language, self.rng = case, language, rng
        self.texts: dict[str, Any] = table(f"readings.{language}")
        self.words: dict[str, Any] = table("words")[language]
        self.readings = readings(case)
        self.items = items_of(self.readings)
        self.slots = {eye.side: self._slots(eye) for eye in case.eyes}
        self.labels: dict[str, str] = rng.choice(self.words["short_eye"])

    def draw(self, key: str) -> str:
        text: str = self.rng.choice(self.words[key])
        return text

    def mark(self, of: str) -> str:
        text: str = self.words["join"][of]
        return text

    def _slots(self, eye: EyeValues) -> dict[str, str]:
        values = dict(eye.values) | dict(self.case.person)
        if fellow := self.case.fellow(eye):
            values |= {f"other_{field}": value for field, value in fellow.values.items()}
        slots = {
            field: value if isinstance(value, str) else plain(field.removeprefix("other_"), value)
            for field, value in values.items()
        }
        for lid in ("upper", "lower"):
            lost = eye.number(f"mg_{lid}")
            slots |= {f"score_{lid}": str(meiboscore(lost))} if lost is not None else {}
        return slots

    def _evidence(self, eye: EyeValues, keys: tuple[str, ...]) -> list[str]:
        slots, forms = self.slots[eye.side], self.texts["basis"]
        return [self.rng.choice(forms[key]).format(**slots) for key in keys]

    def basis(self, eyes: tuple[tuple[EyeValues, tuple[str, ...]], ...], most: int = 9) -> str:
        """What speaks for it: what both eyes share first, then the rest by eye."""
        state = self.rng.getstate()
        told: dict[str, list[str]] = {}
        for eye, keys in eyes:
            self.rng.setstate(state)  # the same words for both eyes
            told[eye.side] = self._evidence(eye, keys[:most])
        shared = [
            text for text in told[eyes[0][0].side] if all(text in own for own in told.values())
        ]
        parts = [self.mark("list").join(shared)] if shared else []
        for side, texts in told.items():
            if own := [text for text in texts if text not in shared]:
                parts.append(f"{self.labels[side]} {self.mark('list').join(own)}")
        return self.mark("part").join(parts)

    def reason(self, name: str, basis: str) -> str:
        """The name with what speaks for it behind; never brackets within or behind brackets."""
        forms = self.words["because"]
        form = forms[0] if re.search(r"[(（]", name + basis) else self.rng.choice(forms)
        return name + (form.format(basis=basis) if basis else "")

    def code(self, item: Item) -> dict[str, Any]:
        found: dict[str, Any] = self.texts["codes"][item.said.code]
        return found

    def name(self, item: Item) -> str:
        level = self.texts["levels"][item.said.level]
        text: str = self.rng.choice(self.code(item)["names"]).format(level=level)
        return text

    def label_name(self, item: Item, *, hedged: bool) -> str:
        """The name for a list, with its hedge unless it is no diagnosis."""
        if hedged and not self.code(item).get("plain"):
            return self.draw("hedge_short").format(name=self.name(item))
        return re.sub(r"^an? ", "", self.name(item))

    def eye(self, item: Item) -> dict[str, str]:
        return eye_words(item.side, self.language)

    def sentence(self, item: Item, *, reason: bool) -> str:
        """A hedged statement, with what speaks for it."""
        code, eye = self.code(item), self.eye(item)
        level = self.texts["levels"][item.said.level]
        forms = code.get("said", self.words["plain"]) if code.get("plain") else self.words["hedged"]
        name = self.name(item)
        capital = name[0].upper() + name[1:]
        said = self.rng.choice(forms).format(name=name, Name=capital, level=level, **eye)
        if reason:
            said = self.reason(said, self.basis(item.eyes))
        return upper(said) + self.mark("stop")

    def fine(self) -> list[str]:
        """What is in order in eyes that have other conclusions than normal."""
        told = []
        for eye, reading in self.readings:
            normal = reading.conclusions[0].code.endswith("normal")
            if reading.fine and not normal and self.rng.random() < 0.6:
                keys = tuple(self.rng.sample(reading.fine, min(2, len(reading.fine))))
                form, words = self.draw("fine"), eye_words(eye.side, self.language)
                basis = self.mark("list").join(self._evidence(eye, keys))
                told.append(upper(form.format(basis=basis, **words)) + self.mark("stop"))
        return told

    def step(self, item: Item) -> str:
        """The key of what is to be done."""
        step: str = self.code(item).get(f"next_{item.said.level}", self.code(item)["next"])
        return step

    def next_steps(self, most: int = 2) -> list[str]:
        """The most urgent steps, without the routine where there is something to do."""
        order = table("next")["order"]
        steps = (self.step(item) for item in self.items)
        wanted = sorted(set(steps), key=order.index)
        pressing = [step for step in wanted if not step.endswith(("routine", "recheck"))]
        texts = table("next")[self.language]
        return [self.rng.choice(texts[step]) for step in (pressing or wanted[:1])[:most]]

    def plan(self, most: int = 2) -> str:
        stop = self.mark("stop")
        return self.mark("sentence").join(step + stop for step in self.next_steps(most))


def upper(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]


def _sentences(pen: Pen) -> str:
    said = (pen.sentence(item, reason=True) for item in pen.items)
    return pen.mark("sentence").join([*said, *pen.fine(), pen.plan()])


def _by_eye(pen: Pen) -> str:
    lines = []
    for side in dict.fromkeys(item.side for item in pen.items):
        own = [item for item in pen.items if item.side == side]
        told = [pen.reason(pen.label_name(item, hedged=True), pen.basis(item.eyes)) for item in own]
        lines.append(f"{pen.labels[side]}{pen.mark('colon')}{pen.mark('part').join(told)}")
    return "\n".join([*lines, f"{pen.draw('next')} {pen.plan()}".replace("： ", "：")])


def _numbered(pen: Pen) -> str:
    lines = [pen.draw("head")]
    for number, item in enumerate(pen.items, 1):
        said = pen.reason(upper(pen.label_name(item, hedged=True)), pen.basis(item.eyes))
        lines.append(f"{number}. {pen.labels[item.side]}{pen.mark('colon')}{said}")
    return "\n".join([*lines, pen.draw("next"), *(f"- {step}" for step in pen.next_steps())])


def _bullets(pen: Pen) -> str:
    told = [f"- {pen.sentence(item, reason=True)}" for item in pen.items]
    steps = [f"- {step}{pen.mark('stop')}" for step in pen.next_steps()]
    return "\n".join([*told, *(f"- {text}" for text in pen.fine()), *steps])


def _sections(pen: Pen) -> str:
    lines = [pen.draw("head"), *(pen.sentence(item, reason=False) for item in pen.items)]
    lines.append(pen.draw("basis"))
    lines += [f"{pen.labels[i.side]}{pen.mark('colon')}{pen.basis(i.eyes)}" for i in pen.items]
    return "\n".join([*lines, pen.draw("next"), pen.plan()])


def _reason_first(pen: Pen) -> str:
    said = []
    for item in pen.items:
        basis = pen.basis(item.eyes)
        if pen.code(item).get("plain") or not basis:
            said.append(pen.sentence(item, reason=True))
            continue
        form = pen.draw("based")
        text = form.format(basis=basis, name=pen.name(item), **pen.eye(item))
        said.append(upper(text) + pen.mark("stop"))
    return pen.mark("sentence").join([*pen.fine(), *said, pen.plan()])


def _table(pen: Pen) -> str:
    cells = [
        (pen.labels[item.side], pen.label_name(item, hedged=True), pen.basis(item.eyes))
        for item in pen.items
    ]
    rows = ["| " + " | ".join(row) + " |" for row in cells]
    return "\n".join([pen.draw("table"), "|---|---|---|", *rows, "", pen.plan()])


def _terse(pen: Pen) -> str:
    told = [
        f"{pen.labels[item.side]} "
        + pen.reason(pen.label_name(item, hedged=True), pen.basis(item.eyes, most=2))
        for item in pen.items
    ]
    return pen.mark("part").join(told) + pen.mark("stop") + pen.mark("sentence") + pen.plan(1)


IMPRESSIONS = (_sentences, _by_eye, _numbered, _bullets, _sections, _reason_first, _table, _terse)


def impression(case: Case, language: Language, rng: random.Random) -> str:
    """What the report amounts to, eye by eye, and the next step."""
    return rng.choice(IMPRESSIONS)(Pen(case, language, rng)).strip()


def _short(pen: Pen) -> str:
    """One line: the names and the first step."""
    told = []
    for item in pen.items:
        text = f"{pen.labels[item.side]}{pen.mark('colon')}{pen.label_name(item, hedged=True)}"
        if pen.rng.random() < 0.5:
            text = pen.reason(text, pen.basis(item.eyes, most=1))
        told.append(text)
    return pen.mark("part").join(told) + pen.mark("stop") + pen.mark("sentence") + pen.plan(1)


def _for_patient(pen: Pen) -> str:
    told = []
    for item in pen.items:
        level = pen.texts["levels"][item.said.level]
        form = pen.rng.choice(pen.code(item)["patient"])
        told.append(upper(form.format(level=level, **pen.eye(item))) + pen.mark("stop"))
    start = pen.draw("patient_start")
    steps = [step[0].lower() + step[1:] for step in pen.next_steps(1)]
    form = pen.draw("patient_end")
    end = upper(form.format(next=steps[0] if not form.startswith("{") else upper(steps[0])))
    text = pen.mark("sentence").join([*told, end])
    return start + (text[0].lower() + text[1:] if start else text)


def _with_criterion(pen: Pen, kind: str) -> str:
    told = []
    for code in dict.fromkeys(item.said.code for item in pen.items):
        eyes = tuple(eye for item in pen.items if item.said.code == code for eye in item.eyes)
        words = eye_words("both" if len(eyes) == 2 else eyes[0][0].side, pen.language)
        criterion = pen.rng.choice(pen.texts["codes"][code]["criterion"])
        form = pen.draw(kind)
        told.append(upper(form.format(basis=pen.basis(eyes), criterion=criterion, **words)))
    return "\n".join(told[:3])


def follow_up(kind: str, case: Case, language: Language, rng: random.Random) -> str:
    """The answer to a further question: shorter, for the patient, why, by which criterion."""
    pen = Pen(case, language, rng)
    if kind == "short":
        return _short(pen)
    return _for_patient(pen) if kind == "patient" else _with_criterion(pen, kind)
