"""Fit the classifier of intents (assistant.intents) on wordings of people's questions.

    python -m instruct_data intents

They are the question forms, the passages' own questions, and `forms/asked.<language>.jsonl`: single
wordings written for this alone, of which every tenth is held out with the forms of the validation
families, to choose thresholds; forms of the test families are never seen.
"""

import json
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from assistant import safety
from assistant.intents import (
    BUCKETS,
    CUES,
    GENERAL,
    Intents,
    Wanted,
    as_text,
    buckets,
    cue_buckets,
)
from assistant.knowledge import entries, passages
from assistant.proof.questions import QUESTIONS, wordings
from assistant.question_encoder import QuestionEncoder
from assistant.routing import is_foreign, sounds_general
from instruct_data import forms
from instruct_data.fit_questions import fit_encoder, weights_of
from instruct_data.photos import Split
from vision.catalogue import LANGUAGES, Language
from vision.weights import save_folder

_FILLS = 4  # times that a form with slots is filled
_ASKED_FILLS = 2  # of a single wording
_HELD_OUT = 10  # one wording in so many
_OWN = 3  # of the questions written for a passage, per language
_REGULARISED = 30.0  # C; chosen on the validation families
_EPOCHS = 5  # of the encoder
_FLAG_REGULARISED = 10.0  # C of emergencies against everything else
_CALM_WEIGHT = 4.0  # of what only sounds like an emergency: its neighbours count more
_ALARM = 0.34  # of emergency, from where on one is believed; chosen on the development questions
_WRONGLY_RULED = 0.02  # of those that have an answer may be answered by a rule
_KIND = 0.15  # of the wordings are learned with a courtesy too
_COURTESIES: dict[Language, tuple[tuple[str, ...], tuple[str, ...]]] = {  # before, after
    "en": (
        ("hi, ", "Hello, ", "hey ", "Doctor, ", "Excuse me, ", "Good morning. ", "sorry, ", "ok, ",
         "Thanks. ", "Thank you for that. "),
        (" please", ", thanks", " thx", ", thank you", " Thanks!", ", cheers", " pls", ", ta",
         " Many thanks in advance.", ", if you don't mind"),
    ),
    "zh": (
        ("你好，", "您好，", "医生，", "老师，", "请问", "麻烦问下", "不好意思，", "大夫您好，",
         "好的，", "谢谢。"),
        ("，谢谢", "，谢谢了", "，麻烦了", "，多谢", "，辛苦了", "，拜托", "，感谢", "，唔该",
         "，謝謝", "，谢谢医生"),
    ),
}  # fmt: skip
CALM = "no_flag"  # sounds like an emergency and is none
_RULED = ("ask_", "off_topic", "injection", "thanks")

Question = tuple[str, str]  # text, intent


def _slots(language: Language, rng: random.Random) -> dict[str, str]:
    def one(*codes: str) -> str:
        return forms.name(rng.choice(codes), language, rng)

    topic = entries()[rng.choice(sorted(entries()))].name[language]
    if rng.random() < 0.5:  # what photos are asked for is asked about in general too
        topic = one("MA", "HE", "EX", "SE", *"DGCAHM")
    return {
        "lesion": one("MA", "HE", "EX", "SE"), "disease": one(*"DGCAHM"),
        "class": one("AMD", "DME", "ERM", "RAO", "RVO", "VID"), "side": one("left", "right"),
        "topic": topic, "grade": rng.choice("01234"),
        "number": str(rng.randrange(2, 40)), "photo": rng.choice("12"), "other": rng.choice("12"),
    }  # fmt: skip


def questions(split: Split, seed: int) -> list[Question]:
    """Every form of a split with drawn slots, and passages' own questions as general ones."""
    rng = random.Random(f"{split}/{seed}")  # noqa: S311
    return [
        q
        for language in LANGUAGES
        for q in (
            *_forms(language, split, rng),
            *_asked(language, split, rng),
            *_own(language, split),
        )
    ]


def _asked(language: Language, split: Split, rng: random.Random) -> Iterator[Question]:
    """The single wordings of a split; test has none."""
    path = forms.FOLDER / f"asked.{language}.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, held_out = row["text"], zlib.crc32(row["text"].encode()) % _HELD_OUT == 0
        if split == ("val" if held_out else "train"):
            for _ in range(_ASKED_FILLS if "{" in text else 1):
                yield text.format_map(_Any(_slots(language, rng))), row["intent"]
            if split == "train" and rng.random() < _KIND and row["intent"] != "thanks":
                told = _kindly(text, language, rng)
                yield told.format_map(_Any(_slots(language, rng))), row["intent"]


def _kindly(text: str, language: Language, rng: random.Random) -> str:
    """A wording as polite people put it; what they want stays the same."""
    before, after = _COURTESIES[language]
    return f"{rng.choice(before)}{text}" if rng.random() < 0.5 else f"{text}{rng.choice(after)}"


def _forms(language: Language, split: Split, rng: random.Random) -> Iterator[Question]:
    for intent, families in forms.questions(language).items():
        named = GENERAL if intent.startswith("know_") else intent
        for number in forms.families(intent, language, split):
            for form in families[number]:
                for _ in range(_FILLS if "{" in form else 1):
                    yield form.format_map(_Any(_slots(language, rng))), named


class _Any(dict[str, str]):
    """Slots that no drawn name fits stand for themselves."""

    def __missing__(self, key: str) -> str:
        return key


def _own(language: Language, split: Split) -> Iterator[Question]:
    for passage in passages().values():
        asks = passage.asks[language]
        chosen = asks[:_OWN] if split == "train" else asks[-1:]
        yield from ((text, GENERAL) for text in chosen if safety.red_flag(text) is None)


def matrix(asked: list[Question]) -> csr_matrix:
    """Questions as sparse unit vectors (n, BUCKETS)."""
    return _matrix(asked, buckets, BUCKETS)


def _matrix(
    asked: list[Question], read: Callable[[str], tuple[np.ndarray, np.ndarray]], width: int
) -> csr_matrix:
    rows = [read(text) for text, _ in asked]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([places for places, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return csr_matrix((values, places, ends), shape=(len(rows), width))


def _flag(asked: list[Question]) -> LogisticRegression:
    """Emergencies against everything else, by words (BUCKETS) and cues (CUES)."""
    x = hstack([matrix(asked), _matrix(asked, cue_buckets, CUES)], format="csr")
    y = np.array([intent.startswith("red_flag") for _, intent in asked])
    each = np.where(y, len(y) / (2 * y.sum()), len(y) / (2 * (~y).sum()))
    each[[intent == CALM for _, intent in asked]] *= _CALM_WEIGHT
    return LogisticRegression(C=_FLAG_REGULARISED, max_iter=300).fit(x, y, sample_weight=each)


def _encoder(asked: list[Question], names: list[str], seed: int) -> dict[str, torch.Tensor]:
    """An encoder of these questions; what has none of the intents teaches emergencies alone."""
    numbers = {name: number for number, name in enumerate(names)}
    flags = [intent.startswith("red_flag") for _, intent in asked]
    weights = weights_of(flags, [intent == CALM for _, intent in asked], _CALM_WEIGHT)
    texts = [as_text(text) for text, _ in asked]
    wanted = [numbers.get(intent, -1) for _, intent in asked]
    return fit_encoder(texts, wanted, flags, weights, len(names), _EPOCHS, seed)


def fit(out: Path, seed: int) -> dict[str, Any]:
    """Fit, choose the thresholds, write the model folder; returns what its card says."""
    train, held_out = questions("train", seed), questions("val", seed)
    # what only sounds like an emergency has no intent in common: it teaches what is none, no more
    plain = [(text, intent) for text, intent in train if intent != CALM]
    every = LogisticRegression(C=_REGULARISED, max_iter=200, class_weight="balanced")
    every.fit(matrix(plain), [intent for _, intent in plain])
    flag = _flag(train)
    words, cues = np.split(flag.coef_.astype(np.float32), [BUCKETS], axis=1)
    weights = np.concatenate([every.coef_, words]).astype(np.float32)
    bias = np.concatenate([every.intercept_, flag.intercept_]).astype(np.float32)
    encoder = _encoder(train, list(every.classes_), seed)
    read = QuestionEncoder(encoder)
    fitted = Intents(tuple(every.classes_), weights, bias, cues[0], {}, read)
    tensors = {
        "weights": torch.from_numpy(fitted.weights), "bias": torch.from_numpy(fitted.bias),
        "cues": torch.from_numpy(fitted.cues.copy()), **encoder,
    }  # fmt: skip
    fitted, wanted = _chosen(fitted, held_out)
    config = {
        "kind": "intents", "intents": list(fitted.names), "thresholds": fitted.thresholds,
        "temperature": fitted.temperature, "preprocess": {"buckets": BUCKETS},
    }  # fmt: skip
    return {
        "weights_sha256": save_folder(out, config, tensors), "train": len(train),
        "val": len(held_out), "thresholds": fitted.thresholds, "temperature": fitted.temperature,
        **_held_out(held_out, wanted), **_blind(fitted, seed),
    }  # fmt: skip


def _chosen(fitted: Intents, held_out: list[Question]) -> tuple[Intents, list[Wanted]]:
    """With the temperature and the thresholds that suit the held-out questions, read so."""
    scores = [fitted.scores(text) for text, _ in held_out]
    fitted = replace(fitted, temperature=_temperature(fitted, np.stack(scores), held_out))
    pairs = list(zip(held_out, scores, strict=True))
    read = [fitted.read(text, row) for (text, _), row in pairs]
    fitted = replace(fitted, thresholds=_thresholds(read, held_out))
    return fitted, [fitted.read(text, row) for (text, _), row in pairs]


def _temperature(fitted: Intents, scores: np.ndarray, held_out: list[Question]) -> float:
    """The temperature under which the held-out questions' intents are likeliest."""
    places = {name: place for place, name in enumerate(fitted.names)}
    known = [(row, places[intent]) for row, (_, intent) in enumerate(held_out) if intent in places]
    rows, right = np.array(known).T
    logits = scores[rows, :-1]

    def surprise(heat: float) -> float:
        return -float(log_softmax(logits / heat, axis=1)[np.arange(len(right)), right].mean())

    return round(float(minimize_scalar(surprise, bounds=(0.1, 10), method="bounded").x), 3)


def _thresholds(wanted: list[Wanted], held_out: list[Question]) -> dict[str, float]:
    """From where on an emergency, and what no photo tells, is believed."""
    photo = [not (i.startswith((*_RULED, "red_flag")) or i in (GENERAL, CALM)) for _, i in held_out]
    answered = [one.ruled for one, own in zip(wanted, photo, strict=True) if own]
    general = [one.ruled for one, (text, intent) in zip(wanted, held_out, strict=True)
               if intent == GENERAL and sounds_general(text)]  # fmt: skip
    return {
        "red_flag": _ALARM,
        "rule": round(float(np.quantile(answered, 1 - _WRONGLY_RULED)), 4),
        "general_rule": round(float(np.quantile(general, 1 - _WRONGLY_RULED)), 4),
    }


def _held_out(held_out: list[Question], wanted: list[Wanted]) -> dict[str, float]:
    """Shares on the held-out wordings, which are odd on purpose."""
    told: dict[str, list[bool]] = {"accuracy": [], "red_flags_found": [], "false_alarms": []}
    for (text, intent), one in zip(held_out, wanted, strict=True):
        alarm = bool(one.red_flag or (safety.red_flag(text) and not one.is_calm))
        told["accuracy"].append(max(one.shares, key=one.shares.__getitem__) == intent)
        if intent.startswith("red_flag"):
            told["red_flags_found"].append(alarm)
        elif intent == CALM:
            told["false_alarms"].append(alarm)
    return {f"val_{name}": round(float(np.mean(values)), 4) for name, values in told.items()}


def _blind(fitted: Intents, seed: int) -> dict[str, float]:
    """Shares on the proof's development questions, which nothing was fitted on."""
    rng = random.Random(seed)  # noqa: S311
    right, ruled, urgent, calm = [], [], [], []
    for line in (line for which in QUESTIONS[:-1] for line in wordings(which)):
        text = line.text.format_map(_Any(_slots(line.language, rng)))
        intent = line.intent.replace("follow_", "then_").replace("no_photo_yet", "no_photo")
        wanted = fitted.wanted(text)
        flag = bool(wanted.red_flag or (safety.red_flag(text) and not wanted.is_calm))
        if intent == "red_flag":
            urgent.append(flag)
        elif intent == CALM:
            calm.append(flag)
        elif intent.startswith(_RULED):
            ruled.append(bool(wanted.rule(general=sounds_general(text), foreign=is_foreign(text))))
        else:
            right.append(max(wanted.shares, key=wanted.shares.__getitem__) == intent)
    told = {"intent_right": right, "refused": ruled, "red_flags": urgent, "false_alarms": calm}
    return {f"dev_{name}": round(float(np.mean(values)), 4) for name, values in told.items()}
