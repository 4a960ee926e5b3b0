"""An answer made by rule from the findings, picked by what the question asks for.

It stands in where the language model fails, and gives it the facts that a question is about.
"""

import re
from collections.abc import Callable

from assistant import safety, truths
from assistant.findings import Findings
from assistant.lexicon import Mention, mentions, normalise
from segmentation.labels import LESIONS
from vision.catalogue import Language, say

Facts = Callable[[str, Findings, Language], list[str]]
_MOST_SENTENCES = 4

_COMPARE = re.compile(
    r"\b(?:compar\w+|differ\w*|versus|vs|both|which (?:eye|photo|one|image) is (?:more|worse|better|the|less)|better|worse|more .* than|same)\b"
    r"|比较|对比|区别|差别|不同|哪[张只个][^?]{0,6}(?:更|严重|重|好|差)|两张|两只|相比|一样"
)
_NEXT = re.compile(
    r"\b(?:what (?:now|next)|next step|what (?:should|must|can|do) (?:i|we|they|he|she)\b(?! (?:see|look))|should i|need to|refer\w*|follow[- ]?up|"
    r"when (?:should|do|must)|how soon|how often|urgent|see (?:a|an|the|my) (?:doctor|specialist|ophthal\w+|eye)|re-?screen\w*|check[- ]?up|dangerous|serious|worry|worried|"
    r"recommend\w*|advice|advise|treat\w*|management|manage)\b"
    r"|怎么办|下一步|转诊|复查|随访|就医|就诊|看医生|去医院|多久|要紧|严重吗|危险|担心|建议|治疗|处理|怎么治"
)
_SURE = re.compile(
    r"\b(?:sure|certain\w*|confiden\w*|reliab\w*|trust|accura\w*|probab\w*|likel\w*|how do you know|correct|percent\w*)\b|确定|把握|可信|可靠|准确|概率|可能性|置信|信心|百分"
)
_GRADE = re.compile(
    r"\b(?:grad\w+|stage|sever\w+|level|icdr|mild|moderate|proliferative|npdr|pdr|how bad|how advanced)\b|分级|几级|级别|程度|分期|轻度|中度|重度|增殖|多严重"
)
_WHY = re.compile(r"\b(?:why|reason|because|explain|rule|criteri\w+|based on|justify|how come|mean\w*)\b|为什么|为何|依据|理由|根据|标准|解释|怎么得出|意思")
_EYE = re.compile(r"\b(?:which|what|left|right|wrong|other) (?:\w+ )?eye\b|\b(?:left|right) or (?:left|right)|laterality|\bside\b|\bod\b|\bos\b|哪只眼|左眼|右眼|眼别|左右")
_QUALITY = re.compile(r"\b(?:quality|gradable|readable|blurr\w*|sharp|dark|bright|clear enough|good enough|in focus|resolution|usable)\b|质量|清晰|模糊|可判读|太暗|太亮|过曝|够不够")
_CDR = re.compile(r"cup|\bcdr\b|c/d|disc ratio|杯盘|视杯")
_COUNT = re.compile(r"\b(?:how many|number of|count|amount|total)\b|多少[处个]?|几[处个]|数量|个数|数目")
_AREA = re.compile(r"\b(?:area|how (?:large|big|much)|size|extent|cover\w*|percent\w*|pixels?|px)\b|面积|多大|大小|占|范围|像素")
_WHERE = re.compile(r"\b(?:where|locat\w+|position|quadrant|near|close|fovea|macula|distance|far|place)\b|哪里|哪儿|位置|象限|在哪|黄斑|中心凹|距离|附近|部位")
_NORMAL = re.compile(r"\b(?:normal|healthy|ok|okay|fine|all right|alright|abnormal\w*|wrong|anything)\b|正常|健康|异常|有没有(?:问题|病|事)|没事|有事吗|有问题")
_DISEASE = re.compile(r"\b(?:diseases?|conditions?|diagnos\w+|suspect\w*|patholog\w*|illness|problem)\b|疾病|诊断|什么病|怀疑|哪些病|有病")
_LESION = re.compile(r"\b(?:lesions?|findings?|spots?|marks?|exudates?)\b|病灶|病变|斑点|病损")
_SCOPE = re.compile(r"\b(?:what can you|who are you|what are you|help|how does this work|your abilities|hello|hi|hey)\b|你能做|你会什么|你是谁|怎么用|帮助|你好|您好|能做什么")
_SHOW = re.compile(r"\b(?:show|overlay|mark|highlight|draw|display|point)\b|显示|标出|叠加|指给|画出|标记|圈出")


def answer_from_findings(
    question: str,
    findings: tuple[Findings, ...],
    language: Language,
    numbers: tuple[int, ...] = (),
) -> str:
    """One to four true sentences on what the question asks; `numbers` as in ground.check_sentence."""
    text = normalise(question)
    if not findings:
        return _joined(_without_photo(text, language), language)
    if len(findings) == 1:
        said = _on_one(text, findings[0], language)
        if _COMPARE.search(text) and not said:
            said = [say("template.compare.one", language), *_summary(text, findings[0], language)]
        return _joined(said or _summary(text, findings[0], language), language)
    numbers = numbers or tuple(range(1, len(findings) + 1))
    most = max(1, _MOST_SENTENCES // len(findings))
    own = [_on_one(text, one, language) or _compared(one, language) for one in findings]
    shared = [t for t in own[0] if all(t in other for other in own)]  # said once, of all photos
    said = [
        say("check.photo", language, number=number, text=t)
        for number, sentences in zip(numbers, own, strict=True)
        for t in [s for s in sentences if s not in shared][:most]
    ]
    return _joined([*said, *shared[:most]], language, most=len(said) + most)


def _joined(sentences: list[str], language: Language, most: int = _MOST_SENTENCES) -> str:
    return ("" if language == "zh" else " ").join(list(dict.fromkeys(sentences))[:most])


def _without_photo(text: str, language: Language) -> list[str]:
    refusal = safety.dose_request(text) or safety.unanswerable(text)
    first = say(refusal, language) if refusal else say("template.no_image", language)
    return [first, say("template.general", language)]


def _compared(findings: Findings, language: Language) -> list[str]:
    if _unread(findings):
        return truths.quality(findings, language)
    return [truths.grade(findings, language), *truths.lesions(findings, language)]


def _unread(findings: Findings) -> bool:
    return findings.quality.gradable == "no" or findings.quality.modality != "cfp"


def _on_one(text: str, findings: Findings, language: Language) -> list[str]:
    """The sentences for the first intent that fits; empty where none does."""
    refusal = safety.dose_request(text) or safety.unanswerable(text)
    if refusal:
        return [say(refusal, language)]
    terms = mentions(text)
    outside = [m.codes[0] for m in terms if m.kind == "outside"]
    if _EYE.search(text) and not _COMPARE.search(text) and not _LESION.search(text) and not _terms(terms, "lesion", "disease"):
        return [truths.eye(findings, language)]
    if _unread(findings):
        again = [] if _QUALITY.search(text) else [say("template.retake", language)]
        return [*truths.quality(findings, language), *again]
    if outside and not _terms(terms, "lesion", "grade") and not _CDR.search(text):
        return [
            say("check.outside", language, name=say(f"outside.{code}", language))
            for code in dict.fromkeys(outside)
        ][:2]
    for pattern, facts in _INTENTS:
        if pattern.search(text) and (said := facts(text, findings, language)):
            return said
    diseases = _codes(terms, "disease")
    if diseases:
        return _on_diseases(diseases, findings, language)
    for pattern, facts in _LAST:
        if pattern.search(text):
            return facts(text, findings, language)
    return []


def _terms(terms: list[Mention], *kinds: str) -> list[Mention]:
    return [mention for mention in terms if mention.kind in kinds]


def _codes(terms: list[Mention], kind: str) -> list[str]:
    return list(dict.fromkeys(code for m in terms if m.kind == kind for code in m.codes))


def _on_diseases(codes: list[str], findings: Findings, language: Language) -> list[str]:
    if len(codes) > 3:
        return _on_all_diseases("", findings, language)
    said = [truths.disease(code, findings, language) for code in codes]
    return [*said, truths.grade(findings, language)] if "D" in codes else said


def _on_lesions(text: str, findings: Findings, language: Language) -> list[str]:
    """Presence, count, size or place of the lesions that are named, or of all."""
    codes = _codes(mentions(text), "lesion")
    named = codes if 0 < len(codes) < len(LESIONS) else []
    there = [c for c in named or LESIONS if findings.lesions and findings.lesions[c].present]
    if _WHERE.search(text):
        said = truths.lesions(findings, language)[:1] if not named else []
        places = [s for code in there or named for s in truths.place(code, findings, language)]
        counts = [truths.lesion(code, findings, language) for code in named]
        return [*said, *counts, *places] if findings.lesions else said or counts
    if _AREA.search(text) and not _COUNT.search(text):
        return [truths.area(code, findings, language) for code in there or named] or (
            truths.lesions(findings, language)
        )
    said = (
        [truths.lesion(code, findings, language) for code in there or named]
        if named
        else truths.lesions(findings, language)
    )
    shown = [say("template.lesion.shown", language)] if _SHOW.search(text) and there else []
    return said[: _MOST_SENTENCES - len(shown)] + shown


def _on_grade(text: str, findings: Findings, language: Language) -> list[str]:
    said = [truths.grade(findings, language)]
    if findings.dr.grade is None:
        return said
    if _WHY.search(text):
        said += [truths.rule(findings, language), *truths.lesions(findings, language)[:1]]
    return [*said, truths.referable(findings, language)]


def _on_sureness(text: str, findings: Findings, language: Language) -> list[str]:
    codes = _codes(mentions(text), "disease")
    if codes and len(codes) < 4 and not _GRADE.search(text):
        said = [truths.disease(code, findings, language) for code in codes]
    else:
        said = [truths.grade(findings, language), *truths.runner_up(findings, language)]
    return [*said, say("template.grade.not_certain", language)]


def _on_next_step(text: str, findings: Findings, language: Language) -> list[str]:
    return [truths.grade(findings, language), *truths.next_step(findings, language)]


def _on_quality(text: str, findings: Findings, language: Language) -> list[str]:
    return truths.quality(findings, language)


def _on_cup(text: str, findings: Findings, language: Language) -> list[str]:
    return [truths.cup_to_disc(findings, language), truths.disease("G", findings, language)]


def _on_normal(text: str, findings: Findings, language: Language) -> list[str]:
    return truths.normal(findings, language)


def _on_all_diseases(text: str, findings: Findings, language: Language) -> list[str]:
    return [*truths.diseases(findings, language), truths.grade(findings, language)]


def _on_scope(text: str, findings: Findings, language: Language) -> list[str]:
    return [say("template.scope", language), say("template.general", language)]


def _named_lesions(text: str, findings: Findings, language: Language) -> list[str]:
    """As `_on_lesions`, where the question names a class or counts them; else not meant."""
    codes = _codes(mentions(text), "lesion")
    grades = _terms(mentions(text), "grade") or _GRADE.search(text)
    if not codes or (grades and _WHY.search(text)):
        return []
    return _on_lesions(text, findings, language)


def _summary(text: str, findings: Findings, language: Language) -> list[str]:
    """What is seen at all: the suspicions, the grade, the lesions; the side where it is known."""
    if _unread(findings):
        return [*truths.quality(findings, language), say("template.retake", language)]
    lesions = truths.lesions(findings, language)
    suspected = truths.diseases(findings, language)[:1]
    rest = [truths.grade(findings, language), *lesions]
    return [*suspected, *rest]


# the first that fits answers; order goes from the special to the general
_INTENTS: tuple[tuple[re.Pattern[str], Facts], ...] = (
    (_CDR, _on_cup),
    (_QUALITY, _on_quality),
    (re.compile(""), _named_lesions),
    (_SURE, _on_sureness),
    (_NEXT, _on_next_step),
    (_GRADE, _on_grade),
    (re.compile(f"(?:{_COUNT.pattern})|(?:{_AREA.pattern})|(?:{_WHERE.pattern})"), _on_lesions),
)
_LAST: tuple[tuple[re.Pattern[str], Facts], ...] = (
    (_NORMAL, _on_normal),
    (_DISEASE, _on_all_diseases),
    (_LESION, _on_lesions),
    (_SHOW, _on_lesions),
    (_SCOPE, _on_scope),
)
