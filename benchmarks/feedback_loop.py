"""The feedback loop end to end, on one systematic fault of the shipped model.

    python -m benchmarks.feedback_loop --records runs/instruct --out runs/feedback_loop

Asked what no photo of a retina tells (age, blood pressure, acuity), the model by itself, without
the rules that stand before it, mostly says something else. 60 such answers about training photos
are corrected as a reader would, through the case store; exported, learned, and put through the
gate; then photos and wordings are asked about that nobody corrected. Photos are their findings in
words here. Everything is in a home of its own below --out, so that the version in use on this
machine stays. Prints one JSON object.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, zip_longest
from pathlib import Path
from typing import Any

from assistant.conversation import Message
from assistant.findings_text import to_text
from assistant.proof.drive import drive
from assistant.proof.photos import Candidate, candidates
from assistant.proof.questions import wordings
from assistant.proof.reading import refuses
from assistant.proof.systems import Prompted, Shipped, System
from assistant.proof.talks import Ask, Shown, Talk
from assistant.proof.voices import Voice, tuned_voice
from assistant.session import Session
from assistant.storage import cache_root
from assistant.training.data import read_records
from assistant.training.gate import unseen
from assistant.understanding import understand
from assistant.versions import SHIPPED, Shelf
from demo.store import Store
from demo.store_context import context_of
from vision.catalogue import LANGUAGES, Language
from vision.command import Parser, run

WANTED = 60  # corrections
UNSEEN_PHOTOS = 6
_AT_ONCE, _QUESTIONS = 4, 6  # photos a round, questions a photo
_ASKS = "ask_"  # how intents begin whose right answer is a refusal
_NAME, _RULES = "feedback loop", "rules"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question about a photo, what the model said, and what the rules say."""

    photo: Shown
    ask: Ask
    text: str
    right: str

    @property
    def faulty(self) -> bool:
        """Whether it says something where there is nothing to say."""
        return not refuses(self.text)


def answered(voice: Voice, photos: Sequence[Candidate], asks: Sequence[Ask]) -> list[Answered]:
    """Each photo asked some of the questions, which are dealt out in turn."""
    shown = {one.id: one for one in map(unseen, photos)}
    dealt = cycle(asks)
    talks = [
        Talk(f"{one.id}-{place}", (one.id,), (next(dealt),))
        for one in shown.values()
        for place in range(min(_QUESTIONS, len(asks)))
    ]
    systems: list[System] = [Prompted(_NAME, voice, sees=False), Shipped(_RULES, None)]
    said = drive(systems, talks, shown)
    both = (said[_NAME], said[_RULES])
    return [
        Answered(shown[t.photos[0]], t.asked, *(given[t.name][-1].text for given in both))
        for t in talks
    ]


def photos_of(records: Path, split: str) -> list[Candidate]:
    """The photos of a split, those with little to read first."""
    found = candidates(records, split)
    return sorted(found, key=lambda one: (len(to_text(one.findings, "en")), one.path))


def asks_of(records: Path, split: str, language: Language) -> list[Ask]:
    """How a split's dialogues ask for what no photo tells, and of the test also the proof's.

    One wording of each intent after another; of the test those alone that training does not have.
    """
    told = [
        (message["intent"], message["content"])
        for record in read_records(records / f"{split}.jsonl")
        if record["language"] == language
        for message in record["messages"]
        if message.get("intent", "").startswith(_ASKS)
    ]
    if split == "test":
        told += [
            (w.intent, w.text)
            for w in wordings("test")
            if w.language == language and w.intent.startswith(_ASKS)
        ]
        known = {ask.text for ask in asks_of(records, "train", language)}
        told = [(intent, text) for intent, text in told if text not in known]
    ways: dict[str, list[str]] = {}
    for intent, text in sorted(set(told), key=lambda one: (one[0], len(one[1]), one[1])):
        ways.setdefault(intent, []).append(text)
    rounds = zip_longest(*([(i, t) for t in texts] for i, texts in ways.items()))
    every = [pair for each in rounds for pair in each if pair is not None]
    return [Ask(intent, language, form, text) for form, (intent, text) in enumerate(every)]


def as_asked(one: Answered) -> Message:
    """The question with the facts that the model was given beside it."""
    session = Session()
    session.analyses.append(one.photo.analysis)
    facts = understand(one.ask.text, one.ask.language, session, None).facts
    return Message("user", one.ask.text, (1,), facts)


def correct(faulty: Sequence[Answered], url: str, adapter_sha256: str) -> None:
    """Each answer with what would be right, as a reader gives it on the page."""
    store = Store.open(url)
    case = store.create("SIM-1", "simulated corrections")
    for one in faulty:
        findings = one.photo.findings
        asked, said = as_asked(one), Message("assistant", one.text, (1,))
        store.give_feedback(
            case.id, "down", "SIM-1", corrected=one.right, answer=one.text,
            image_id=findings.image.id, models={**findings.models, "adapter": adapter_sha256},
            context=context_of([asked, said], [findings]),
        )  # fmt: skip
    store.close()


def measured(voice: Voice, records: Path) -> dict[str, Any]:
    """The fault on photos and in wordings that nobody corrected."""
    photos = photos_of(records, "test")[:UNSEEN_PHOTOS]
    told: dict[str, Any] = {"photos": len(photos)}
    for language in LANGUAGES:
        every = answered(voice, photos, asks_of(records, "test", language))
        told[language] = {
            "answers": len(every),
            "faulty": round(sum(one.faulty for one in every) / len(every), 3),
            "some": [[one.ask.text, one.text] for one in every[:: max(1, len(every) // 4)]],
        }
    return told


def command(*arguments: str) -> list[str]:
    """A command line's output, as a person would start it; what it says meanwhile is shown."""
    done = subprocess.run([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


def own_home(out: Path) -> None:
    """A cache of its own with the language model of the user's."""
    models = cache_root() / "models"
    home = (out / "home").resolve()
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "models").exists():
        (home / "models").symlink_to(models)
    os.environ["OPENOPHGLM_HOME"] = str(home)


def loop(options: argparse.Namespace) -> dict[str, Any]:
    """All of it; what was answered already is known when it is run again."""
    records, out = options.records, options.out
    seconds: dict[str, float] = {}
    clock = time.monotonic()

    def lap(name: str) -> None:
        nonlocal clock
        seconds[name], clock = round(time.monotonic() - clock, 1), time.monotonic()

    own_home(out)
    shelf = Shelf.of("default")
    old = shelf.find(SHIPPED)
    voice = tuned_voice("default", None, out / "answers", old.adapter)
    photos, asked = photos_of(records, "train"), 0
    faulty: list[Answered] = []
    asks = asks_of(records, "train", "en")
    while len(faulty) < WANTED and photos:
        several, photos = photos[:_AT_ONCE], photos[_AT_ONCE:]
        start = asked % len(asks)
        every = answered(voice, several, [*asks[start:], *asks[:start]])
        asked += len(every)
        faulty += [one for one in every if one.faulty and refuses(one.right)]
    faulty = faulty[:WANTED]
    lap("asking")
    before = measured(voice, records)
    lap("before")
    del voice
    url = f"sqlite:///{out.resolve() / 'cases.db'}"
    (out / "cases.db").unlink(missing_ok=True)
    correct(faulty, url, old.sha256)
    exported = command("instruct_data", "feedback", "--db", url, "--out", str(out / "records"))
    lap("export")
    taught = command("assistant.train", "--stage", "feedback", "--records", str(out / "records"),
                     "--test", str(records), "--runs", str(out / "run"))  # fmt: skip
    line = json.loads(taught[-1])
    lap("training_and_gate")
    new = shelf.find(line["version"])
    after = measured(tuned_voice("default", None, out / "answers", new.adapter), records)
    lap("after")
    return {
        "asked": asked, "corrected": len(faulty), "exported": json.loads(exported[-1]),
        "training": line, "unseen_before": before, "unseen_after": after,
        "serves": shelf.current()[0].id, "rolled_back_to": shelf.rollback().id
        if new.passed else SHIPPED, "seconds": seconds,
        "corrections": [[one.ask.text, one.text, one.right] for one in faulty[:6]],
    }  # fmt: skip


def main() -> None:
    """Command line."""
    parser = Parser(prog="python -m benchmarks.feedback_loop", description=__doc__)
    parser.add_argument("--records", type=Path, default=Path("runs/instruct"))
    parser.add_argument("--out", type=Path, default=Path("runs/feedback_loop"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    told = loop(options)
    text = json.dumps(told, ensure_ascii=False, indent=1)
    (options.out / "result.json").write_text(text + "\n", encoding="utf-8")
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    run(main)
