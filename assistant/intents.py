"""What a question wants, by learned weights: a second reading beside the rules, which miss much.

A linear classifier over hashed words and characters of both languages, and beside it an encoder
that knows what words mean (assistant.question_encoder); both fitted on thousands of wordings of
questions (`python -m instruct_data intents`). They know no photo and no answer.
"""

import itertools
import re
import zlib
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from scipy.special import expit, log_softmax, softmax

from assistant import safety
from assistant.lexicon import length_in_words, mentions, normalise
from assistant.question_encoder import QuestionEncoder
from assistant.words import Words
from vision.errors import ModelError
from vision.weights import load_folder

SHIPPED = Path(__file__).parent / "weights" / "intents"
BUCKETS = 1 << 15
CUES = 1 << 11  # places of the cues, after those of the words
_CLEAR = 0.3  # share of an intent; on development questions it spares most false alarms
_SURE, _SURER = 0.5, 0.8
_CALM = 0.025  # an emergency that the rules read is not believed below, if nothing says "now"
_ON_PHOTO = re.compile(
    r"\b(?:photos?|pictures?|pics?|images?|img|scans?|files?|results?)\b|照片|图|片子|拍|这张|结果|报告",
    re.I,
)
_FOREIGN = 0.2  # of 40 questions far off, written blind, 39 are refused and not 28
_READ = 160  # characters: what is wanted stands at the end of a long story
_ENCODED = 0.6  # share of the encoder in the intents, chosen on held-out wordings
_ENCODED_FLAG = 0.5  # and in emergencies
GENERAL = "know"  # the intent of questions on eyes in general
# how much likelier intents are where a question stands; they were learned without regard to that
_NOT_AFTER, _SHORTLY_AFTER, _NOT_OF_ONE = 0.1, 2.0, 0.3
_SHORT = 6  # words, or twice as many Chinese characters
_WORDS = Words("intents")
# what turns the words of an emergency into one, or into a memory, a lesson, a fear
_CUES = {
    name: _WORDS[name]
    for name in ("PAST", "BOOK", "HYPO", "DENY", "PHOTO", "NOW", "HELP", "SELF", "ASKS")
}
_RUN = re.compile(r"[a-z0-9<>/'+-]+|[\u4e00-\u9fff]+")
RULED = {  # intent -> what is said by rule, as a catalogue key
    "ask_acuity": "refuse.acuity", "ask_age": "refuse.age", "ask_sex": "refuse.gender",
    "ask_pressure": "refuse.pressure", "ask_sugar": "refuse.sugar",
    "ask_blood_pressure": "refuse.blood_pressure", "ask_duration": "refuse.duration",
    "ask_identity": "refuse.identity", "ask_prognosis": "refuse.prognosis",
    "ask_glasses": "refuse.refraction", "ask_dose": "refuse.dose", "ask_other": "refuse.other",
    "off_topic": "refuse.off_topic", "injection": "refuse.rules", "thanks": "answer.thanks",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """How likely each intent is, and what follows from that."""

    shares: dict[str, float]  # intent -> probability; all together 1
    emergency: float  # 0..1, of a classifier of its own
    on_photo: bool  # whether its words name a photo
    thresholds: dict[str, float]  # "red_flag", "rule", "general_rule": from where on believed
    now: bool = True  # whether its words say that it is new: today, suddenly, just

    def placed(self, question: str, *, photos: int, follows: bool) -> "Wanted":
        """The same by where it was asked: about so many photos, after a question about one or not.

        A first question follows nothing, a short later one likely does, one photo is compared
        with nothing, and where there is one nobody speaks of none.
        """
        after = (
            (_SHORTLY_AFTER if length_in_words(normalise(question)) <= _SHORT else 1.0)
            if follows
            else _NOT_AFTER
        )
        weights = {"then": after, "pair": 1.0 if photos > 1 else _NOT_OF_ONE,
                   "no": _NOT_AFTER if photos else 1.0}  # no_photo  # fmt: skip
        shares = {
            name: share * weights.get(name.partition("_")[0], 1.0)
            for name, share in self.shares.items()
        }
        whole = sum(shares.values())
        return replace(self, shares={name: share / whole for name, share in shares.items()})

    @property
    def red_flag(self) -> str | None:
        """Catalogue key of the urgent sentence where an emergency is told, else None."""
        if self.emergency < self.thresholds["red_flag"] or self.is_plain:
            return None
        flags = {k: v for k, v in self.shares.items() if k.startswith("red_flag.")}
        return "urgent." + max(flags, key=flags.__getitem__).removeprefix("red_flag.")

    @property
    def is_calm(self) -> bool:
        """Whether no emergency is told, though the words of one are there (safety.red_flag)."""
        return self.emergency < _CALM and not self.now

    @property
    def is_plain(self) -> bool:
        """Whether it is clear enough that no emergency is told."""
        if self.on_photo and self.emergency < _SURE:
            return True  # who is in need speaks of the eye, not of a picture
        if self.emergency >= _SURER:
            return False
        intent = max(self.shares, key=self.shares.__getitem__)
        told = intent == GENERAL or intent.startswith("red_flag.")
        return not told and self.shares[intent] >= _CLEAR

    @property
    def ruled(self) -> float:
        """How likely no photo and no passage answers the question, 0..1."""
        return sum(self.shares.get(intent, 0.0) for intent in RULED)

    def rule(self, *, general: bool = False, foreign: bool = False) -> str | None:
        """Catalogue key of what is said to a question that no photo and no passage answers.

        `general`: by its words it is on eyes in general; then more is needed to believe so.
        `foreign`: it names neither eyes nor photos; then less is needed.
        Where it names them, nothing that has an answer may be likelier.
        """
        least = self.thresholds["general_rule" if general else "rule"]
        answered = max((s for name, s in self.shares.items() if name not in RULED), default=0.0)
        if self.ruled < (_FOREIGN if foreign else max(least, answered)):
            return None
        return RULED[max(RULED, key=lambda intent: self.shares.get(intent, 0.0))]

    @property
    def general(self) -> float:
        """How likely the question is on eyes in general, 0..1."""
        return self.shares.get(GENERAL, 0.0)


@lru_cache(maxsize=64)  # both readers of a question take it
def as_read(question: str) -> str:
    """A question as it is read: lesions and diseases stand as what they are."""
    text = normalise(question[-_READ:])
    for mention in reversed(mentions(text)):
        if mention.kind in ("lesion", "disease"):
            text = f"{text[: mention.start]} <{mention.kind}> {text[mention.end :]}"
    return text


def grams(question: str) -> list[str]:
    """The words and pieces of a question as it is read."""
    found, before = [], "^"
    for run in _RUN.findall(as_read(question)):
        if run[0] >= "\u4e00":
            padded = f"^{run}$"
            found += [padded[i : i + n] for n in (1, 2, 3, 4) for i in range(len(padded) - n + 1)]
            before = "^"
            continue
        found += [run, f"{before} {run}"]
        before = run
        if not run.startswith("<"):
            padded = f"_{run}_"
            found += [padded[i : i + n] for n in (3, 4, 5) for i in range(len(padded) - n + 1)]
    return found


def cues(question: str) -> list[str]:
    """The cues of a question by themselves, two by two, and each with what the rules say."""
    text = normalise(question)
    there = [name for name, pattern in _CUES.items() if pattern.search(text)]
    rule = safety.red_flag(question) or "none"
    flag = "none" if rule == "none" else "flag"
    pairs = [f"{a}+{b}" for a, b in itertools.combinations(there, 2)]
    with_flag = [f"{flag}+{name}" for name in there]
    size = f"length {min(6, len(question).bit_length())}"
    return [*there, *pairs, *with_flag, flag, rule, size]


def cue_buckets(question: str) -> tuple[np.ndarray, np.ndarray]:
    """Hashed cues as (places, values) of a sparse unit vector of length CUES."""
    places = np.unique([zlib.crc32(cue.encode()) % CUES for cue in cues(question)])
    return places, np.full(len(places), len(places) ** -0.5, np.float32)


def buckets(question: str) -> tuple[np.ndarray, np.ndarray]:
    """Hashed grams as (places, values) of a sparse unit vector of length BUCKETS."""
    places = np.array([zlib.crc32(gram.encode()) % BUCKETS for gram in grams(question)], np.int64)
    found, counts = np.unique(places, return_counts=True)
    values = 1 + np.log(counts)
    return found, (values / max(np.linalg.norm(values), 1e-9)).astype(np.float32)


def as_text(question: str) -> str:
    """A question as it is read, in words alone, as the encoder takes it."""
    return " ".join(as_read(question).replace("<", "").replace(">", "").split())


@lru_cache(maxsize=1024)  # the same question is asked of several photos, and read more than once
def _meant(encoder: QuestionEncoder, text: str) -> np.ndarray:
    """The encoder's logits (K + 1,) of a question as text."""
    logits: np.ndarray = encoder.logits([text])[0].double().numpy()
    return logits


@dataclass(frozen=True, slots=True, eq=False)
class Intents:
    """The fitted classifiers: of all intents, and of emergencies against everything else."""

    names: tuple[str, ...]  # K intents
    weights: np.ndarray  # (K + 1, BUCKETS) float32; the last row is that of emergencies
    bias: np.ndarray  # (K + 1,)
    cues: np.ndarray  # (CUES,) float32, for emergencies alone
    thresholds: dict[str, float]
    encoder: QuestionEncoder
    temperature: float = 1.0  # that makes the shares of the intents mean what they say
    sha256: str = ""

    @staticmethod
    @cache
    def load(folder: Path = SHIPPED) -> "Intents":
        """Read a model folder; raises ModelError where it is missing or altered."""
        config, state, digest = load_folder(folder)
        try:
            weights, bias, cues = (state.pop(name).numpy() for name in ("weights", "bias", "cues"))
            names, limits = tuple(config["intents"]), config["thresholds"]
            encoder, heat = QuestionEncoder(state), float(config["temperature"])
            return Intents(names, weights, bias, cues, limits, encoder, heat, digest)
        except (KeyError, RuntimeError) as error:
            raise ModelError("error.weights_altered", path=folder) from error

    def scores(self, question: str) -> np.ndarray:
        """What both readers make of a question: (K + 1,) log-shares of intents, and the emergency's
        logit."""
        places, values = buckets(question)
        logits = self.weights[:, places] @ values + self.bias
        places, values = cue_buckets(question)
        logits[-1] += self.cues[places] @ values
        meant = _meant(self.encoder, as_text(question))
        both = (1 - _ENCODED) * log_softmax(logits[:-1]) + _ENCODED * log_softmax(meant[:-1])
        flag = (1 - _ENCODED_FLAG) * logits[-1] + _ENCODED_FLAG * meant[-1]
        return np.append(both, flag)

    def wanted(self, question: str) -> Wanted:
        """The intents of a question."""
        return self.read(question, self.scores(question))

    def read(self, question: str, scores: np.ndarray) -> Wanted:
        """What a question with these scores wants."""
        shares = softmax(scores[:-1] / self.temperature)
        named = dict(zip(self.names, map(float, shares), strict=True))
        now = bool(_CUES["NOW"].search(normalise(question)))
        on_photo = bool(_ON_PHOTO.search(question))
        return Wanted(named, float(expit(scores[-1])), on_photo, self.thresholds, now)
