"""The feedback loop end to end, on one systematic fault of the shipped model.

    python -m benchmarks.feedback_loop --records runs/instruct --out runs/feedback_loop

Asked in English which eye a photo shows, the model leaves out or garbles that the side was told
from where the disc lies and may be wrong, though this stands beside the question. 60 such answers
about training photos are corrected as a reader would, through the case store; exported, learned,
and put through the gate; then photos and wordings are asked about that nobody corrected. Photos are
their findings in words here. Everything is in a home of its own below --out, so that the version
in use on this machine stays. Prints one JSON object.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assistant.conversation import Message
from assistant.findings import Findings
from assistant.findings_text import to_text
from assistant.intents import Intents
from assistant.proof.drive import drive
from assistant.proof.photos import Candidate, candidates
from assistant.proof.questions import wordings
from assistant.proof.systems import Prompted
from assistant.proof.talks import Ask, Shown, Talk
from assistant.proof.voices import Voice, tuned_voice
from assistant.storage import cache_root
from assistant.template_answer import answer_from_findings
from assistant.topic import topic_of
from assistant.training.data import read_records
from assistant.training.gate import unseen
from assistant.versions import SHIPPED, Shelf
from demo.store import Store
from demo.store_context import context_of
from vision.catalogue import Language, say
from vision.command import Parser, run

WANTED = 60  # corrections
UNSEEN_PHOTOS = 6
_WORDINGS, _AT_ONCE = 4, 4  # wordings a photo, photos a round
_INTENT, _NOTE = "which_eye", "note.eye_from_photo"
_RIGHT: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"\b(?:which eye this is|side|it) (?:was|is) told from where the optic disc"),
    "zh": re.compile("由视盘"),
}
_NAME = "feedback loop"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question about a photo and what the model said."""

    photo: Shown
    ask: Ask
    text: str

    @property
    def faulty(self) -> bool:
        """Whether how the side was told is left out or garbled."""
        text = self.text.lower()
        said = _RIGHT[self.ask.language].search(text)
        return not said or text.count("told") > 1

    @property
    def right(self) -> bool:
        """Whether the right side is told, and no other."""
        sides = {"OD": ("right eye", "右眼"), "OS": ("left eye", "左眼")}
        said = {eye for eye, words in sides.items() if any(w in self.text.lower() for w in words)}
        return said == {self.photo.findings.image.eye}


def answered(
    voice: Voice, photos: Sequence[Candidate], texts: Sequence[str], language: Language
) -> list[Answered]:
    """Every photo asked in every wording."""
    shown = {one.id: one for one in map(unseen, photos)}
    talks = [
        Talk(f"{one.id}-{form}", (one.id,), (Ask(_INTENT, language, form, text),))
        for one in shown.values()
        for form, text in enumerate(texts)
    ]
    said = drive([Prompted(_NAME, voice, sees=False)], talks, shown)[_NAME]
    return [Answered(shown[t.photos[0]], t.asked, said[t.name][-1].text) for t in talks]


def photos_of(records: Path, split: str) -> list[Candidate]:
    """Photos whose side was told from the disc, those with little to read first."""
    found = [one for one in candidates(records, split) if _NOTE in one.findings.notes]
    return sorted(found, key=lambda one: (len(to_text(one.findings, "en")), one.path))


def wordings_of(records: Path, split: str, language: Language) -> list[str]:
    """How a split's dialogues ask for the side, and of the test also the proof's questions."""
    told = {
        message["content"].rstrip("?.？。"): message["content"]
        for record in read_records(records / f"{split}.jsonl")
        if record["language"] == language
        for message in record["messages"]
        if message.get("intent") == _INTENT
    }
    if split == "test":
        known = set(wordings_of(records, "train", language))
        own = [w.text for w in wordings("test") if (w.intent, w.language) == (_INTENT, language)]
        told |= {text: text for text in own if text not in known}
    return sorted(told.values(), key=lambda text: (len(text), text))


def correct(faulty: Sequence[Answered], url: str, adapter_sha256: str) -> None:
    """Each answer with what would be right, as a reader gives it on the page."""
    store = Store.open(url)
    case = store.create("SIM-1", "simulated corrections")
    for one in faulty:
        findings, asked = one.photo.findings, one.ask.text
        facts = facts_of(asked, findings)
        messages = [Message("user", asked, (1,), facts), Message("assistant", one.text, (1,))]
        store.give_feedback(
            case.id, "down", "SIM-1", corrected=facts, answer=one.text,
            image_id=findings.image.id, models={**findings.models, "adapter": adapter_sha256},
            context=context_of(messages, [findings]),
        )  # fmt: skip
    store.close()


@cache
def _intents() -> Intents:
    return Intents.load()


def facts_of(question: str, findings: Findings) -> str:
    """What the findings say to a question in serving: the answer by rule."""
    shares = _intents().wanted(question).shares
    topic = topic_of(question, [], shares)
    return answer_from_findings(question, (findings,), "en", (1,), topic, shares)


def measured(voice: Voice, records: Path) -> dict[str, Any]:
    """The fault and the right side on photos and in wordings that nobody corrected."""
    photos = photos_of(records, "test")[:UNSEEN_PHOTOS]
    told: dict[str, Any] = {"photos": len(photos)}
    for language in ("en", "zh"):
        texts = wordings_of(records, "test", language)
        every = answered(voice, photos, texts, language)
        told[language] = {
            "answers": len(every),
            "faulty": round(sum(one.faulty for one in every) / len(every), 3),
            "right_side": round(sum(one.right for one in every) / len(every), 3),
            "some": [one.text for one in every[:: max(1, len(every) // 4)]],
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
    note = say(_NOTE, "en")
    texts = [
        text
        for text in wordings_of(records, "train", "en")
        if note in facts_of(text, photos[0].findings)
    ]
    while len(faulty) < WANTED and photos:
        several, photos = photos[:_AT_ONCE], photos[_AT_ONCE:]
        start = asked // _AT_ONCE % (len(texts) - _WORDINGS)
        every = answered(voice, several, texts[start : start + _WORDINGS], "en")
        asked += len(every)
        faulty += [one for one in every if one.faulty]
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
        "corrections": [[one.ask.text, one.text] for one in faulty[:6]],
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
