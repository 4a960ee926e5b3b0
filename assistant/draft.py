"""An answer under construction: what of the model's sentences stands, and what was done to them.

One about photos is held against their findings, one on eyes in general against its passages.
"""

import re
from dataclasses import dataclass, field
from typing import Protocol

from assistant.claims import Claim, is_told
from assistant.extract import extract
from assistant.findings import Findings
from assistant.ground import check_sentence, supported_claims
from assistant.ground_passages import (
    carried_by,
    completed,
    first_sentence,
    is_verbatim,
    nearest,
    says_nothing,
    sentences_of,
)
from assistant.knowledge import passage
from assistant.lexicon import mentions, normalise
from assistant.sentences import is_finished, joined
from assistant.stock import stock
from vision.catalogue import Language, detect_language, say

_BARE_ANSWER = re.compile(
    r"(?:yes|no|yeah|yep|nope|correct|right|sure|true|false|of course|是的?|不是的?|有的?|没有的?|"
    r"对的?|不对|会|不会|能|不能|可以|不可以|否)[\s.,!。，！]*",
    re.I,
)
_CAVEAT = re.compile(r"not validated|未经(?:标注数据)?验证")
_NEVER = frozenset({"length", "dose", "certainty", "treatment"})  # said by no answer


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """An answer as it grows: checked sentences, the one being written, and what was done to it."""

    text: str
    pending: str = ""  # not checked yet
    done: bool = False
    about: tuple[int, ...] = ()  # photo numbers, from 1
    repaired: int = 0
    withheld: int = 0
    notice: str | None = None  # catalogue key: the answer is degraded, or something was left out
    seconds_to_first_token: float | None = None
    tokens: int = 0
    sources: tuple[str, ...] = ()  # ids of the passages that it draws on
    added: int = 0  # sentences of the findings that the model's words left out


class Draft(Protocol):
    """What the pipeline asks of an answer under construction."""

    language: Language
    notice: str | None
    first_token_s: float | None
    tokens: int

    def keep(self, sentence: str) -> None:
        """Say a sentence, once."""

    def take(self, sentence: str) -> None:
        """Check one finished sentence and keep what stands."""

    def end(self, sentence: str, *, cut: bool) -> None:
        """Take the last sentence; `cut`: it broke off at the limit of tokens."""

    def finish(self) -> None:
        """Add what was asked for and is not said; where nothing is said, answer by rule."""

    def fall_back(self) -> None:
        """Answer by rule instead, and say why; a notice that was given before stays."""

    def event(self, pending: str = "", *, done: bool = False) -> AnswerEvent:
        """The state as a value."""


@dataclass
class _Kept:
    """What both kinds of drafts count and keep."""

    language: Language
    question: str
    sentences: list[str] = field(default_factory=list)
    repaired: int = 0
    withheld: int = 0
    added: int = 0
    notice: str | None = None
    first_token_s: float | None = None
    tokens: int = 0

    def text(self) -> str:
        """All that was kept, as one text."""
        return joined(self.sentences, self.language)

    def keep(self, sentence: str) -> None:
        """Say each of a text's sentences, once: two wrong claims may have one true repair."""
        for text in sentences_of(sentence):
            if text not in self.sentences:
                self.sentences.append(text)


@dataclass
class PhotoDraft(_Kept):
    """An answer about photos, or by rule where there is none."""

    about: tuple[int, ...] = ()
    findings: tuple[Findings, ...] = ()
    facts: str = ""  # what the findings say to the question

    def take(self, sentence: str) -> None:
        """Check one finished sentence and keep what stands."""
        if self.findings and _BARE_ANSWER.fullmatch(sentence.strip()):
            # "Yes." claims whatever was asked: the findings say it in full instead
            sentence = self.facts
            self.repaired += 1
        elif any(_bare(sentence) in _bare(text) for text in (self.question, *self._notes())):
            return  # the question said again is no answer, nor is a note nobody asked for
        if detect_language(sentence) not in (None, self.language):
            self.withheld += 1  # who asks in one language cannot be asked to read another
            return
        verdict = check_sentence(sentence, self.findings, self.language, self.about)
        if verdict.status == "ok" and not extract(sentence):
            own = self._own(sentence)
            self.withheld += own is None
            self.repaired += own not in (None, sentence.strip())
            self.keep(own or "")
            return
        self.repaired += verdict.status == "repaired"
        self.withheld += verdict.status == "withheld"
        self.keep(verdict.text)

    def end(self, sentence: str, *, cut: bool) -> None:
        """Take the last sentence; one that broke off is left out where others stand."""
        if not (cut and self.sentences):
            self.take(sentence)

    def finish(self) -> None:
        """Add the findings that were asked for and left out, or that there is no photo; fall back
        where nothing was said."""
        if not self._says_anything():
            self.fall_back()
        elif self.about:
            self._complete()
        else:
            self._add([f for f in sentences_of(self.facts) if f not in self.sentences])

    def fall_back(self) -> None:
        """Answer with the findings, and say why."""
        self.notice = self.notice or "answer.template"
        self.sentences = [self.facts]

    def event(self, pending: str = "", *, done: bool = False) -> AnswerEvent:
        """The state as a value."""
        return AnswerEvent(
            self.text(), pending, done, self.about, self.repaired, self.withheld, self.notice,
            self.first_token_s, self.tokens, added=self.added,
        )  # fmt: skip

    def _says_anything(self) -> bool:
        """Whether the words say anything; of a photo they must say what was found in it."""
        if not self.sentences or not self.about:
            return bool(self.sentences)
        if self.text() == self.facts:  # word for word, also where it has no claim
            return True
        return any(supported_claims(w, self.findings, self.language)[0] for w in self.sentences)

    def _own(self, sentence: str) -> str | None:
        """What the system says that a sentence without a claim nearly says; None where nothing is.

        A garbled standard or rule claims nothing that findings could deny. Without a photo small
        talk may stand as it is, as long as it names nothing medical.
        """
        if not self.about and not mentions(normalise(sentence)):
            return sentence.strip()
        every = [one for text in (self.facts, *stock(self.language)) for one in sentences_of(text)]
        known = [one for one in every if is_finished(one)]
        place = carried_by(sentence, known)
        return None if place is None else known[place]

    def _complete(self) -> None:
        """Each fact that the words do not tell, after them; what it says again goes.

        Words that tell none of what was asked for come after it.
        """
        facts = sentences_of(self.facts)
        if all(sentence in facts for sentence in self.sentences):  # in their own order
            self.added += len(facts) - len(self.sentences)
            self.sentences = facts
            return
        said = [claim for sentence in self.sentences for claim in extract(sentence)]
        missing = [f for f in facts if not _is_told(f, said) or self._drops_caveat(f)]
        words = [one for one in self.sentences if not _only_says(one, missing)]
        if missing and len(self.about) > 1:  # words that name no photo could be of either
            missing, words = facts, []
        self.sentences = [] if missing == facts else words
        self._add(missing)
        for one in words:
            self.keep(one)
        # how the side was told, what a rule says: they claim nothing
        self._add([f for f in facts if not extract(f) and f not in self.sentences])

    def _add(self, facts: list[str]) -> None:
        self.added += len(facts)
        for fact in facts:
            self.keep(fact)

    def _drops_caveat(self, fact: str) -> bool:
        """Whether a fact says that its measure was not validated, and the words so far do not."""
        return bool(_CAVEAT.search(fact)) and not _CAVEAT.search(self.text())

    def _notes(self) -> list[str]:
        """What the findings note beside their facts, unless that is what was asked."""
        said = [say(n, self.language) for f in self.findings for n in f.notes]
        return [note for note in said if note not in self.facts]


@dataclass
class PassageDraft(_Kept):
    """An answer on eyes in general; `findings` are of the photos in focus, of which it is none."""

    passages: tuple[str, ...] = ()  # ids, best first
    findings: tuple[Findings, ...] = ()
    numbers: tuple[int, ...] = ()  # of these photos
    sources: list[str] = field(default_factory=list)
    stands: bool = False
    mended: bool = False

    def take(self, sentence: str) -> None:
        """Check one finished sentence and keep what stands; the first that falls is replaced."""
        if _bare(sentence) and _bare(sentence) in _bare(self.question) and not _is_bare(sentence):
            return
        texts = self._texts(detect_language(sentence) or self.language)
        sentence = completed(sentence, texts)  # the last one may have come to the limit of tokens
        if is_verbatim(sentence, texts):  # what passages may say is checked where they are written
            self._stand(sentence, carried_by(sentence, texts))
            return
        verdict = check_sentence(sentence, self.findings, self.language, self.numbers)
        if _NEVER & set(verdict.reasons):
            self.withheld += 1
            self.keep(verdict.text)
        elif says_nothing(sentence):
            self._stand(sentence, None)
        elif verdict.status == "ok" and (place := carried_by(sentence, texts)) is not None:
            self._stand(sentence, place)
        else:
            self._mend(nearest(sentence, texts))

    def end(self, sentence: str, *, cut: bool) -> None:
        """Take the last sentence; one that broke off is completed from its passage, if it can."""
        texts = self._texts(detect_language(sentence) or self.language)
        if cut and self.stands and completed(sentence, texts) == sentence:
            return
        self.take(sentence)

    def finish(self) -> None:
        """Fall back where no sentence stands; what answers best is said, and said first."""
        if not self.stands:
            self.fall_back()
        elif self.sources and self.passages[0] not in self.sources:
            self.added += 1
            self.sentences.insert(0, first_sentence(self._texts(self.language)[0]))
            self.sources.insert(0, self.passages[0])

    def fall_back(self) -> None:
        """Answer with the best passage, and say why."""
        self.notice = self.notice or "answer.passage"
        self.sentences = [self._texts(self.language)[0]]
        self.sources = [self.passages[0]]

    def event(self, pending: str = "", *, done: bool = False) -> AnswerEvent:
        """The state as a value."""
        return AnswerEvent(
            self.text(), pending, done, (), self.repaired, self.withheld, self.notice,
            self.first_token_s, self.tokens, tuple(self.sources), self.added,
        )  # fmt: skip

    def _texts(self, language: Language) -> list[str]:
        return [passage(one).text[language] for one in self.passages]

    def _stand(self, sentence: str, place: int | None) -> None:
        self.stands = True
        self.keep(sentence)
        if place is not None and self.passages[place] not in self.sources:
            self.sources.append(self.passages[place])

    def _mend(self, place: int) -> None:
        """What a passage begins with in place of a sentence that came near it; only once."""
        text = first_sentence(self._texts(self.language)[place])
        if self.mended or (self.stands and not self.sources) or text in self.sentences:
            self.withheld += 1  # after "the passages do not say" nothing of theirs can follow
            return
        self.mended = True
        self.repaired += 1
        self._stand(text, place)


def _is_told(fact: str, claims: list[Claim]) -> bool:
    """Whether claims tell a fact; the probability beside what is suspected may be left out."""
    wanted = extract(fact)
    core = [claim for claim in wanted if claim.topic != "share"]
    return all(is_told(claim, claims) for claim in core or wanted)


def _only_says(sentence: str, facts: list[str]) -> bool:
    """Whether facts say all that a sentence does: its claims, or one its names and figures."""
    own, anew = extract(sentence), [claim for fact in facts for claim in extract(fact)]
    if own and all(is_told(claim, anew) for claim in own):
        return True
    names, figures = _names_and_figures(sentence)
    held = (_names_and_figures(fact) for fact in facts)
    return bool(names and figures) and any(names <= n and figures <= f for n, f in held)


def _names_and_figures(text: str) -> tuple[set[tuple[str, ...]], set[str]]:
    names = {mention.codes for mention in mentions(normalise(text))}
    return names, set(re.findall(r"\d+(?:\.\d+)?", text))


def _bare(text: str) -> str:
    """Letters, digits and Chinese characters in lower case, without what makes a question."""
    return "".join(c for c in text.lower() if c.isalnum() and c not in "吗呢么")


def _is_bare(sentence: str) -> bool:
    return bool(_BARE_ANSWER.fullmatch(sentence.strip()))
