"""Records that teach the projector to name what a photo shows, from its visual tokens alone.

Each photo's labels are paired at draw time with one of many question and answer forms (OphGLM's
dynamic label pairing), in English or Chinese, so that no photo teaches one fixed sentence. Of
photos that were observed the eye side and the outlined lesions are asked for too.
"""

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.findings import Findings
from instruct_data.observe import load
from instruct_data.photos import SPLITS
from segmentation.labels import LESIONS
from vision.catalogue import LANGUAGES, Language, say
from vision.data import Record, read_idrid_grading, read_odir
from vision.errors import ResourceError
from vision.labels import DISEASES

QUESTIONS: dict[Language, tuple[str, ...]] = {
    "en": (
        "What does this photo show?",
        "Describe this fundus photograph briefly.",
        "Which condition do you see?",
        "What is your impression of this retina?",
        "Is anything abnormal here?",
        "Summarise this eye photo.",
    ),
    "zh": (
        "这张照片显示了什么？",
        "请简要描述这张眼底照片。",
        "您看到了什么病变？",
        "您对这个视网膜的印象是什么？",
        "这里有异常吗？",
        "总结一下这张眼部照片。",
    ),
}
ANSWERS: dict[Language, tuple[str, ...]] = {
    "en": (
        "This fundus photo suggests {names}.",
        "The picture fits {names}.",
        "I see a fundus photo with signs of {names}.",
        "Impression: {names}.",
        "Suspected: {names}.",
    ),
    "zh": (
        "这张眼底照片提示{names}。",
        "图像符合{names}。",
        "这是一张眼底照片，有{names}的表现。",
        "印象：{names}。",
        "可疑：{names}。",
    ),
}
NORMAL: dict[Language, tuple[str, ...]] = {
    "en": (
        "This fundus photo looks normal.",
        "A normal fundus; no disease is suspected.",
        "Impression: normal fundus.",
    ),
    "zh": ("这张眼底照片看起来正常。", "眼底正常，未见可疑疾病。", "印象：眼底正常。"),
}
JOINT: dict[Language, str] = {"en": " and ", "zh": "和"}
ASPECTS: dict[str, dict[Language, tuple[str, ...]]] = {
    "eye": {
        "en": ("Which eye is this?", "Right or left eye?", "Which side is it?"),
        "zh": ("这是哪只眼？", "左眼还是右眼？", "请问是哪一侧的眼睛？"),
    },
    "lesions": {
        "en": ("Which lesions are outlined?", "What lesions do you see?", "Any lesions?"),
        "zh": ("勾画了哪些病灶？", "您看到哪些病灶？", "有病灶吗？"),
    },
}


def answer(record: Record, language: Language, rng: random.Random) -> str | None:
    """One drawn sentence for a photo's labels; None where the labels say nothing."""
    codes = [c for c, v in zip(DISEASES, record.diseases, strict=True) if v == 1]
    if codes == ["N"]:
        return rng.choice(NORMAL[language])
    names = [say(f"disease.{c}", language) for c in codes if c != "N"]
    if not names:
        return None
    first = rng.choice(ANSWERS[language]).format(names=JOINT[language].join(names))
    joint = " " if language == "en" else ""
    return joint.join([first, *_details(record, language, rng)])


def _details(record: Record, language: Language, rng: random.Random) -> list[str]:
    """Sentences on grade and edema risk where they are labelled, each drawn every other time."""
    told = []
    if record.dr_grade > 0:
        name = say(f"grade.{record.dr_grade}", language)
        told.append(say("align.grade", language, grade=name))
    if record.dme_risk >= 0:
        told.append(say("align.dme", language, risk=record.dme_risk))
    return [sentence for sentence in told if rng.random() < 0.5]


def aspect(findings: Findings, name: str, language: Language) -> str | None:
    """The sentence on the eye side or the outlined lesions; None where they are not known."""
    if name == "eye":
        eye = findings.image.eye
        if eye == "unknown":
            return None
        return say("align.eye", language, eye=say(f"eye.{eye}", language))
    if findings.lesions is None:
        return None
    there = [say(f"lesion.{c}", language) for c in LESIONS if findings.lesions[c].present]
    names = ("、" if language == "zh" else ", ").join(there)
    return say("align.lesions", language, names=names) if there else say("align.absent", language)


def alignment_records(
    records: list[Record],
    root: Path,
    per_photo: int,
    seed: int,
    observed: Mapping[str, Findings] | None = None,
) -> Iterator[dict[str, Any]]:
    """JSONL records: id, image path relative to `root`, language, intent and messages.

    `observed` are findings by image path; a photo that is there is also asked for its aspects.
    """
    rng = random.Random(seed)  # noqa: S311
    for record in records:
        image = record.path.relative_to(root).as_posix()
        findings = None if observed is None else observed.get(image)
        for _ in range(per_photo):
            language = rng.choice(LANGUAGES)
            told = [(rng.choice(QUESTIONS[language]), answer(record, language, rng))]
            if findings is not None:
                for name in rng.sample(sorted(ASPECTS), len(ASPECTS)):
                    asked = rng.choice(ASPECTS[name][language])
                    told.append((asked, aspect(findings, name, language)))
                rng.shuffle(told)
            known = [(asked, text) for asked, text in told if text is not None]
            if not known:
                continue
            yield {
                "id": f"{image}#{rng.getrandbits(32):08x}",
                "image": image,
                "language": language,
                "intent": "describe",
                "labels": [c for c, v in zip(DISEASES, record.diseases, strict=True) if v == 1],
                "messages": [
                    message
                    for asked, text in known
                    for message in (
                        {"role": "user", "content": asked},
                        {"role": "assistant", "content": text},
                    )
                ],
            }


def write_alignment(data: Path, out: Path, per_photo: int, seed: int) -> dict[str, int]:
    """Write alignment-<split>.jsonl for the photos of each split; returns the counts.

    Photos of a split stay in it; the sets split by patient. Raises ResourceError where `out`
    cannot be written.
    """
    counts = {}
    observed = {o.photo.path: o.findings for o in load()}
    for split in SPLITS:
        records = read_odir(data / "odir", split)
        if split == "train":
            records += read_idrid_grading(data / "idrid_grading", split)
        drawn = per_photo if split == "train" else 1
        lines = [
            json.dumps(r, ensure_ascii=False) + "\n"
            for r in alignment_records(records, data, drawn, seed, observed)
        ]
        path = out / f"alignment-{split}.jsonl"
        try:
            out.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(lines), encoding="utf-8")
        except OSError as error:
            raise ResourceError("error.cannot_write", path=path) from error
        counts[path.stem] = len(lines)
    return counts
