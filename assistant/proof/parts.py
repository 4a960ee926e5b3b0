"""The parts of the proof, each a column of measures for every system it applies to."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.analysis import Reader
from assistant.pipeline import Pipeline
from assistant.proof import choices, conditions, impressions, reading
from assistant.proof.drive import Answers, drive
from assistant.proof.measures import Summary, Table, judge, table
from assistant.proof.photos import Candidate, candidates, choose, labels_of, load
from assistant.proof.questions import Wording, about, plan
from assistant.proof.systems import Bare, Prompted, Shipped, System, TokensOnly
from assistant.proof.talks import Ask, Shown, Talk, session_of
from assistant.proof.voices import Said, Voices
from vision.catalogue import LANGUAGES
from vision.classifier import Classifier
from vision.errors import InputError

BASE, BASE_FINDINGS, TOKENS_ONLY = "base", "base + findings", "tuned, tokens only"
RAW, SHIPPED, TEMPLATE = "tuned + findings", "shipped", "template"
SYSTEMS = (BASE, BASE_FINDINGS, TOKENS_ONLY, RAW, SHIPPED, TEMPLATE)
FIRST_SENTENCE_TOKENS = 48  # of emergencies the first sentence alone is judged
REPEATED = 3  # questions a language that are asked twice of the serving engine itself
_OPENING = "what_seen"

Values = dict[str, Summary]  # system -> measure -> all, en, zh -> value, ci95, n


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """All that the parts work with."""

    records: Path
    data: Path
    split: str
    lines: list[Wording]
    seed: int
    out: Path
    voices: Voices
    classifier: Classifier
    shown: list[Shown]
    pairs: list[tuple[Shown, Shown]]
    every: int = 1  # of what is asked each so-manieth alone is, in all its wordings

    @property
    def talks(self) -> list[Talk]:
        """The talks of the dialogue part."""
        planned = plan(self.lines, self.shown, self.pairs, self.seed)
        units = list(dict.fromkeys(talk.unit for talk in planned))
        asked = set(units[:: self.every])
        return [talk for talk in planned if talk.unit in asked]

    @property
    def by_id(self) -> dict[str, Shown]:
        """The photos by the ids that talks name them by."""
        return {one.id: one for one in self.shown}

    def texts(self, intent: str, language: str) -> list[str]:
        """The wordings of an intent."""
        return [w.text for w in self.lines if (w.intent, w.language) == (intent, language)]


def photos_for(
    records: Path, data: Path, split: str, count: int, classifier: Classifier
) -> tuple[list[Shown], list[tuple[Shown, Shown]]]:
    """The photos of the proof and the pairs among them; raises InputError where there are none."""
    found = candidates(records, split)
    if not found:
        raise InputError("error.split_missing", split=split, path=records)
    chosen, places = choose(found, count)
    shown = load(chosen, data, split, classifier)
    return shown, [(shown[a], shown[b]) for a, b in places]


def dialogue(bench: Bench) -> Values:
    """All questions through all systems; writes what each said to conversations.jsonl."""
    tuned, base = bench.voices.tuned, bench.voices.base
    systems: list[System] = [
        Bare(BASE, base), Prompted(BASE_FINDINGS, base, sees=False),
        Prompted(RAW, tuned, sees=True), Shipped(SHIPPED, tuned), Shipped(TEMPLATE, None),
    ]  # fmt: skip
    if tuned.speaker.projector is not None:
        systems.insert(2, TokensOnly(TOKENS_ONLY, tuned))
    talks = bench.talks
    said: Answers = {}  # what ships first: the untuned model's long answers take most of the time
    for names in ((RAW, SHIPPED, TEMPLATE), (TOKENS_ONLY,), (BASE, BASE_FINDINGS)):
        said |= drive([one for one in systems if one.name in names], talks, bench.by_id)
    answers = {system.name: said[system.name] for system in systems}
    write_conversations(bench.out / "conversations.jsonl", talks, answers, bench.by_id)
    return {
        name: table([judge(t, given[t.name][-1], bench.by_id) for t in talks]).summary()
        for name, given in answers.items()
    }


def rules(bench: Bench) -> Values:
    """The same questions answered by rule alone: a minute, and no language model."""
    talks = bench.talks
    given = drive([Shipped(TEMPLATE, None)], talks, bench.by_id)[TEMPLATE]
    judged = [judge(talk, given[talk.name][-1], bench.by_id) for talk in talks]
    return {TEMPLATE: table(judged).summary()}


def write_conversations(
    path: Path, talks: Sequence[Talk], answers: Answers, shown: dict[str, Shown]
) -> None:
    """One line a talk: every question with each system's answer, as it was given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as stream:
        for talk in talks:
            row: dict[str, Any] = {
                "talk": talk.name, "intent": talk.asked.intent, "language": talk.asked.language,
                "photos": [shown[image].path for image in talk.photos], "about": about(talk),
                "slots": dict(talk.asked.slots),
            }  # fmt: skip
            row["turns"] = [
                {"question": ask.text, **{n: given[talk.name][i].text
                                          for n, given in answers.items()}}
                for i, ask in enumerate(talk.asks)
            ]  # fmt: skip
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def flags(bench: Bench) -> Values:
    """Emergencies answered with "go now" first, and no alarm at what only sounds like one."""
    limit = FIRST_SENTENCE_TOKENS
    systems: list[System] = [
        Bare(BASE, bench.voices.base, limit), Shipped(SHIPPED, None),
        Prompted(BASE_FINDINGS, bench.voices.base, sees=False, limit=limit),
        Prompted(RAW, bench.voices.tuned, sees=False, limit=limit), Shipped(TEMPLATE, None),
    ]  # fmt: skip
    talks = [
        Talk(f"{w.intent}-{number}", (), (Ask(w.intent, w.language, 0, w.text),))
        for number, w in enumerate(bench.lines)
        if w.intent in ("red_flag", "no_flag")
    ]
    found: Values = {}
    for name, given in drive(systems, talks, {}).items():
        values = Table()
        for talk in talks:
            answer, language = given[talk.name][-1], talk.asked.language
            now = reading.says_now(answer.text)
            if talk.asked.intent == "red_flag":
                values.add("red_flag_first", language, talk.name, float(now), 1.0)
            else:  # a passage on emergencies sends nobody away
                alarm = float(now and not answer.general)
                values.add("no_flag_false_alarm", language, talk.name, alarm, 1.0)
        found[name] = values.summary()
    return found


def repeats(bench: Bench) -> Values:
    """The serving engine asked twice, and whether it says what the batches made of it."""
    pipeline = Pipeline(Reader(None, None), bench.voices.tuned.speaker, {}, [])
    talks = bench.talks
    chosen = []
    for language in LANGUAGES:
        own = [t for t in talks if t.asked.language == language and len(t.asks) == 1]
        chosen += own[:: max(1, len(own) // REPEATED)][:REPEATED]
    known = drive([Shipped(SHIPPED, bench.voices.tuned)], chosen, bench.by_id)[SHIPPED]
    said: dict[str, list[str]] = {talk.name: [] for talk in chosen}
    for talk in tqdm([*chosen, *reversed(chosen)], desc="asked twice", unit="answer"):
        session, ask = session_of(talk, bench.by_id), talk.asked
        *_, event = pipeline.ask(session, ask.text, ask.language, threading.Event())
        said[talk.name].append(event.text)
    values = Table()
    for talk in chosen:
        first, second = said[talk.name]
        language, photo = talk.asked.language, talk.name
        values.add("repeatability", language, photo, float(first == second), 1.0)
        same = float(first == known[talk.name][-1].text)
        values.add("same_as_in_batches", language, photo, same, 1.0)
    return {SHIPPED: values.summary()}


def tokens(bench: Bench, per_condition: int) -> Values:
    """What the visual tokens carry by themselves; nothing without a projector."""
    tuned = bench.voices.tuned
    if tuned.speaker.projector is None:
        return {}
    records, rows = conditions.condition_tokens(
        bench.records, bench.split, per_condition, bench.data, bench.classifier
    )
    named = conditions.named_by_tokens(tuned, records, rows)
    asked = {language: bench.texts(_OPENING, language)[0] for language in LANGUAGES}
    blind = conditions.blindness(tuned, bench.shown, bench.classifier, asked, bench.seed)
    return {TOKENS_ONLY: {**named, **blind}}


def knowledge(bench: Bench) -> Values:
    """Multiple choice, with and without passages, tuned and untuned."""
    return choices.measure(bench.voices, choices.questions())


def reports(bench: Bench, per_language: int) -> Values:
    """Impressions of written reports by both models, as served, and by rule alone."""
    found = impressions.reports(bench.records, bench.split, per_language)
    tuned, base = bench.voices.tuned, bench.voices.base
    asked = {
        BASE: (base, impressions.prompts(base, found, bare=True)),
        RAW: (tuned, impressions.prompts(tuned, found, bare=False)),
    }
    said = {
        name: voice.answer(prompts, f"impressions, {name}", impressions.MAX_TOKENS)
        for name, (voice, prompts) in asked.items()
    }
    said[SHIPPED] = [impressions.served(r, s) for r, s in zip(found, said[RAW], strict=True)]
    said[TEMPLATE] = [Said(r.ruled, ended=True) for r in found]
    rows = [
        {"id": report.id, "report": report.asked, "impression": report.gold,
         **{name: every[place].text for name, every in said.items()}}
        for place, report in enumerate(found)
    ]  # fmt: skip
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    bench.out.mkdir(parents=True, exist_ok=True)
    (bench.out / "impressions.jsonl").write_text("".join(lines), encoding="utf-8")
    return {name: impressions.measure(found, every) for name, every in said.items()}


def findings_against_labels(found: Sequence[Candidate], data: Path) -> Summary:
    """What the findings themselves are worth beside the labels, on all readable test photos."""
    labels, values = labels_of(data), Table()
    for one in found:
        told = labels.get(one.path, {})
        there = {d.code: d.present for d in one.findings.diseases or ()}
        for code, value in told.get("diseases", {}).items():
            if code in there:
                right = float(there[code] == bool(value))
                values.add("findings_truth_disease", "", one.path, right, 1.0)
        if "grade" in told:
            right = float(one.findings.dr.grade == told["grade"])
            values.add("findings_truth_grade", "", one.path, right, 1.0)
    return values.summary()
