"""Whether a dialogue is what it says: roles, language, images, and every claim of every answer.

An answer about an image is held against its findings by the assistant's own check; one from
knowledge against the passages that were given with the question.
"""

import re
from collections.abc import Mapping

from assistant.findings import Findings
from assistant.ground import check_sentence
from assistant.knowledge import passages
from assistant.sentences import split_sentences
from instruct_data import forms
from instruct_data.schema import Record, Said
from vision.catalogue import Language, detect_language

_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+|\b\d{17}[\dXx]\b|\b1[3-9]\d{9}\b|\b(?:Dr|Mr|Mrs|Ms)\.? [A-Z][a-z]+"
    r"|\b(?:MRN|patient (?:id|name))\s*[:#]|(?:姓名|身份证|住院号|病历号)\s*[:：]"
    r"|\b\d{4}-\d{2}-\d{2}\b"
)
_PLACEHOLDER = re.compile(r"<\|?[a-z_ ]*image[a-z_ ]*\|?>", re.I)


def problems(record: Record, findings: Mapping[str, Findings], *, claims: bool = True) -> list[str]:
    """What is wrong with a record; empty where nothing is. `findings` are by image id.

    Without `claims` answers may say what nothing carries: as what is not to be said.
    """
    found = [*_form(record), *_words(record)]
    missing = [image.id for image in record.images if image.id not in findings]
    if missing:
        return [*found, f"no findings of {missing[0]}"]
    if (
        found or not claims or record.kind == "report"
    ):  # reports are held against their text by their maker
        return found
    seen = [findings[image.id] for image in record.images]
    for question, answer in zip(record.messages[::2], record.messages[1::2], strict=True):
        found += _claims(question, answer, seen, record.language)
    return found


def personal(text: str) -> bool:
    """Whether a text seems to name a person, an address, a number or a date."""
    return bool(_PERSONAL.search(text))


def _form(record: Record) -> list[str]:
    found = []
    roles = [message.role for message in record.messages]
    if not roles or roles != ["user", "assistant"] * (len(roles) // 2):
        found.append("roles do not alternate from a question to an answer")
    if any(not message.content.strip() for message in record.messages):
        found.append("an empty message")
    numbers = {number for message in record.messages for number in message.about}
    if not numbers <= set(range(1, len(record.images) + 1)):
        found.append("a message is about an image that is not there")
    if record.kind == "image" and not record.images:
        found.append("no image")
    unknown = [p for m in record.messages for p in m.passages if p not in passages()]
    return found + [f"no passage {one}" for one in unknown[:1]]


def _words(record: Record) -> list[str]:
    found = []
    for message in record.messages:
        if personal(message.content):
            found.append(f"personal data: {message.content[:60]}")
        if _PLACEHOLDER.search(message.content):
            found.append("an image placeholder in the text")
        told = detect_language(message.content) if message.role == "assistant" else None
        if told not in (None, record.language):
            found.append(f"not in {record.language}: {message.content[:60]}")
    return found


def _claims(question: Said, answer: Said, seen: list[Findings], language: Language) -> list[str]:
    """Sentences of the answer that neither the findings nor the passages carry."""
    given = [passages()[one].text[language] for one in question.passages]
    if given:
        return [
            f"not from the passages: {rest[:80]}" for rest in _not_given(answer, given, language)
        ]
    findings = tuple(seen[number - 1] for number in answer.about)
    finished, rest = split_sentences(answer.content)
    wrong = []
    for sentence in [*finished, rest]:
        if not sentence.strip():
            continue
        verdict = check_sentence(sentence, findings, language, answer.about)
        if verdict.status != "ok":
            wrong.append(f"{verdict.reasons}: {sentence.strip()[:100]}")
    return wrong


def _not_given(answer: Said, given: list[str], language: Language) -> list[str]:
    """What an answer says beside the passages; that they do not say it may be said alone."""
    if answer.content in forms.texts("passages.none", language):
        return []
    rest = answer.content
    for passage in given:
        rest = rest.replace(passage, "")
    return [rest.strip()] if rest.strip() or rest == answer.content else []
