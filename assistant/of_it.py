"""General questions that point at what the talk about a photo was of: "what causes them?".

No photo answers them, but the knowledge base does, once it is known what "they" are: the lesion or
disease that was last asked about, else what is suspected in the photo.
"""

from collections.abc import Sequence

from assistant.conversation import Message
from assistant.findings import Findings
from assistant.findings_text import suspicion
from assistant.knowledge import Entry, entries
from assistant.lay_names import codes_named
from assistant.lexicon import length_in_words, mentions, normalise
from assistant.subjects import subjects
from assistant.words import Words
from segmentation.labels import LESIONS

ENTRIES = {  # what findings speak of -> the entry that explains it
    "MA": "signs.microaneurysm", "HE": "signs.dot_blot_haemorrhage", "EX": "signs.hard_exudate",
    "SE": "signs.cotton_wool_spot", "G": "glaucoma", "C": "cataract", "A": "amd_dry", "D": "dr",
    "H": "hypertensive_retinopathy", "M": "pathologic_myopia", "AMD": "amd_wet", "DME": "dme",
    "ERM": "erm", "RAO": "rao", "RVO": "rvo", "VID": "vmt", "NO": "normal", "grade": "dr",
}  # fmt: skip
_OF_IT = Words("routing").mixed("OF_IT")
_SHORT = 12  # words, or twice as many Chinese characters


def subject_of_it(
    question: str, messages: Sequence[Message], findings: Sequence[Findings]
) -> Entry | None:
    """The entry that a general question points at; None where it names something itself, asks
    nothing in general, or nothing was spoken of."""
    text = normalise(question)
    named = subjects(text) or any(m.kind in ("lesion", "disease") for m in mentions(text))
    if named or not _OF_IT.search(text) or length_in_words(text) > _SHORT:
        return None
    for message in reversed(messages):
        if message.role != "user":
            continue
        if message.passages:
            return None  # it goes on about these (assistant.lookup)
        if code := _spoken_of(message):
            return entries()[ENTRIES[code]]
    return _suspected(findings)


def _spoken_of(message: Message) -> str:
    """The one lesion, disease or grade that a question was about."""
    for text in (normalise(message.text), message.plain):
        lesions, diseases = codes_named(text, "lesion"), codes_named(text, "disease")
        lesions = lesions if len(lesions) < len(LESIONS) else []
        if len(lesions + diseases) == 1:
            return (lesions + diseases)[0]
        if not lesions + diseases and any(m.kind == "grade" for m in mentions(text)):
            return "grade"
    return ""


def _suspected(findings: Sequence[Findings]) -> Entry | None:
    """The likeliest disease that is suspected in one photo or scan."""
    if len(findings) != 1:
        return None
    scores = [s for s in findings[0].diseases or () if suspicion(s) == "suspected"]
    known = [s for s in scores if s.code in ENTRIES]
    best = max(known, key=lambda score: score.probability, default=None)
    return entries()[ENTRIES[best.code]] if best else None
