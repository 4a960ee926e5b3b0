"""What the visual tokens carry, the findings withheld: which condition, and is it the photo at all?

For each photo with one label of N D G C A M, six sentences are scored by likelihood; the best one
is the answer. Shuffled labels are the control. Blindness: the answer must change, or be refused,
where noise, black, or the photo of somebody else stands in the photo's place.
"""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor
from tqdm import tqdm

from assistant.conversation import Message
from assistant.extract import extract
from assistant.proof import reading
from assistant.proof.measures import Table, summary
from assistant.proof.systems import tokens_turns
from assistant.proof.talks import Shown
from assistant.proof.voices import Voice
from assistant.token_cache import CACHE, photo_tokens
from assistant.training.data import read_records
from assistant.visual import Sees, visual_tokens
from segmentation.predict import LESION_NETWORKS, Segmenter
from vision.catalogue import LANGUAGES, Language, say
from vision.classifier import Classifier
from vision.types import FundusImage

CONDITIONS = ("N", "D", "G", "C", "A", "M")
_QUESTION = "What does this photo show?"
_SENTENCE = "Impression: {name}."


def balanced(records: list[dict[str, Any]], per_condition: int, seed: int) -> list[dict[str, Any]]:
    """Photos with exactly one label, up to `per_condition` of each condition, drawn by seed."""
    rng = random.Random(seed)  # noqa: S311
    chosen = []
    for code in CONDITIONS:
        fitting = sorted({r["image"]: r for r in records if r["labels"] == [code]}.items())
        rng.shuffle(fitting)
        chosen += [record for _, record in fitting[:per_condition]]
    return chosen


def sentence_scores(voice: Voice, image: str, tokens: np.ndarray) -> np.ndarray:
    """Visual tokens (N, D) of one photo -> mean log-likelihood (6,) of the six sentences."""
    turns = tokens_turns({image: tokens}, [Message("user", _QUESTION)], "en")
    sentences = [_SENTENCE.format(name=say(f"disease.{c}", "en")) for c in CONDITIONS]
    return voice.choose(voice.prompt(turns, {image: tokens}), sentences)


def named_by_tokens(voice: Voice, records: Sequence[dict[str, Any]],
                    tokens: Mapping[str, Tensor]) -> dict[str, Any]:  # fmt: skip
    """How often the right condition is the likeliest, and how often by chance."""
    scores = np.stack([
        sentence_scores(voice, r["image"], tokens[r["image"]].float().numpy())
        for r in tqdm(records, desc="conditions", unit="photo")
    ])  # fmt: skip
    # the name's own likelihood is no merit of the photo: compare with the mean over photos
    said = (scores - scores.mean(0)).argmax(1)
    truth = np.array([CONDITIONS.index(r["labels"][0]) for r in records])
    shuffled = truth[np.random.default_rng(0).permutation(len(truth))]
    values = {"tokens_only_top1": said == truth, "tokens_only_shuffled": said == shuffled}
    values |= {f"tokens_only_{c}": said[truth == i] == i for i, c in enumerate(CONDITIONS)}
    return {
        name: {"all": summary(np.stack([right, np.ones(len(right))], 1).astype(float))}
        for name, right in values.items()
        if len(right)
    }


def condition_tokens(
    records: Path, split: str, per_condition: int, data: Path, classifier: Classifier
) -> tuple[list[dict[str, Any]], dict[str, Tensor]]:
    """The labelled photos and their visual tokens, worked out once."""
    chosen = balanced(read_records(records / f"alignment-{split}.jsonl"), per_condition, seed=0)
    images = [record["image"] for record in chosen]
    segmenter = Segmenter.load(names=LESION_NETWORKS)
    return chosen, photo_tokens(classifier, segmenter, images, data, CACHE / split)


def in_place_of(
    one: Shown, others: Sequence[Shown], sees: Sees, seed: int
) -> dict[str, np.ndarray]:
    """Tokens (N, D) of noise, of black, and of somebody else's photo in which other things are."""
    image, fov = one.analysis.image, one.analysis.fov
    noise = np.random.default_rng(seed).integers(0, 256, image.pixels.shape, np.uint8)
    found: dict[str, np.ndarray] = {}
    for name, pixels in (("noise", noise), ("black", np.zeros_like(image.pixels))):
        sight = sees.look(FundusImage(pixels, image.eye), fov)
        found[name] = visual_tokens(sight, {}, fov)
    stranger = next((o for o in others if o.patient != one.patient and _differ(one, o)), None)
    if stranger is not None and stranger.analysis.tokens is not None:
        found["stranger"] = stranger.analysis.tokens
    return found


def _differ(one: Shown, other: Shown) -> bool:
    """Whether two photos show other things, by the label of their sets where it is the same."""
    if one.labels and one.labels.keys() == other.labels.keys():
        return one.labels != other.labels
    first, second = (
        (s.findings.dr.grade, [d.code for d in s.findings.diseases or () if d.present])
        for s in (one, other)
    )
    return first != second


def blindness(
    voice: Voice, shown: Sequence[Shown], sees: Sees, questions: Mapping[Language, str], seed: int
) -> dict[str, Any]:
    """How often the answer changes, or is a refusal, where something else stands for the photo."""
    rng = random.Random(seed)  # noqa: S311
    asked, places = [], []
    for number, one in enumerate(shown):
        language = LANGUAGES[number % len(LANGUAGES)]
        others = rng.sample(list(shown), len(shown))
        if one.analysis.tokens is None:
            continue
        rows = {"photo": one.analysis.tokens, **in_place_of(one, others, sees, seed + number)}
        for name, tokens in rows.items():
            image = f"{one.id}:{name}"
            question = [Message("user", questions[language])]
            turns = tokens_turns({image: tokens}, question, language)
            asked.append(voice.prompt(turns, {image: tokens}))
            places.append((one.id, language, name))
    said = dict(zip(places, (s.text for s in voice.answer(asked, "blindness")), strict=True))
    table = Table()
    for (image, language, name), text in said.items():
        if name != "photo":
            right = float(differs(said[image, language, "photo"], text))
            for measure in ("blind_change_rate", f"blind_{name}"):
                table.add(measure, language, image, right, 1.0)
    return table.summary()


def differs(before: str, after: str) -> bool:
    """Whether an answer claims something else than another, or refuses."""
    first, second = (
        {(c.topic, c.codes, c.denied, c.number and (c.number.low, c.number.high))
         for sentence in reading.sentences(text) for c in extract(sentence)}
        for text in (before, after)
    )  # fmt: skip
    if first or second:
        return first != second or reading.refuses(after)
    return before != after or reading.refuses(after)
