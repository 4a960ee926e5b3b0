"""Turns and dialogues that no image answers: off topic, emergencies, no photo yet."""

import random

from assistant.intents import RULED
from assistant.sentences import joined
from instruct_data import forms
from instruct_data.photos import Split
from instruct_data.schema import Record, Said
from instruct_data.wording import reword
from vision.catalogue import LANGUAGES, Language, say

_FLAGS = (
    "detachment",
    "vision_loss",
    "pain",
    "infection",
    "injury",
    "chemical",
    "double",
    "stroke",
)
_REFUSED = {intent: key for intent, key in RULED.items() if intent.startswith("ask_")}
_WITHOUT = ("no_photo", "no_photo", "no_photo", "greet_scope", "off_topic", "injection", "red_flag",
            "ask_dose", "ask_prognosis", "ask_age", "thanks")  # fmt: skip


def refusals(language: Language) -> dict[str, str]:
    """Intent -> the sentence that says why no photo can tell it."""
    return {intent: say(key, language) for intent, key in _REFUSED.items()}


def aside(language: Language, split: Split, rng: random.Random) -> tuple[Said, str, bool]:
    """A question that has nothing to do with the image, its answer, and whether that ends it."""
    kind = rng.choice(("off_topic", "off_topic", "injection", "red_flag"))
    return _turn(kind, language, split, rng)


def _turn(
    kind: str, language: Language, split: Split, rng: random.Random
) -> tuple[Said, str, bool]:
    intent, over = kind, False
    if kind == "red_flag":
        flag = rng.choice(_FLAGS)
        intent, over = f"red_flag.{flag}", True
        answer = reword(say(f"urgent.{flag}", language), language, rng)
    elif kind in _REFUSED:
        answer = reword(refusals(language)[kind], language, rng)
    elif kind in ("no_photo", "greet_scope"):
        told = [say("template.no_image", language), say("template.general", language)]
        told = told if kind == "greet_scope" or rng.random() < 0.5 else told[:1]
        answer = joined((reword(sentence, language, rng) for sentence in told), language)
    else:
        answer, over = forms.words(kind, language, rng), kind == "thanks"
    text, family = forms.ask(intent, language, split, {}, rng)
    return Said("user", text, intent, family), answer, over


def dialogue(number: int, split: Split, rng: random.Random) -> Record:
    """One dialogue in which no image was given."""
    language = rng.choice(LANGUAGES)
    messages: list[Said] = []
    for place in range(rng.choice((1, 1, 2, 2, 3))):
        kinds = [kind for kind in _WITHOUT if place or kind != "thanks"]
        question, answer, over = _turn(rng.choice(kinds), language, split, rng)
        if question.intent in {m.intent for m in messages}:
            continue
        messages += [question, Said("assistant", answer)]
        if over:
            break
    return Record(f"{split}-plain-{number:06d}", split, language, "plain", "", (), tuple(messages))
