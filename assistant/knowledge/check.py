"""Whether the passages are what they promise: the same facts in both languages, sourced, no doses.

What is said the same is counted by what can be compared: numbers, units and classes of medicines.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache

from assistant.forbidden import gives_dose
from assistant.knowledge import DEFINE, FOLDER, SECTIONS, Entry, Passage, passages, sources
from assistant.sentences import split_sentences
from vision.catalogue import LANGUAGES

IN_SECTION = range(3, 9)  # passages
WORDS_EN, CHARACTERS_ZH = range(12, 66), range(18, 141)
MOST_SENTENCES = 4

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_UNITS = {  # written right after a number
    "mmHg": (r" ?mmHg", r" ?(?:mmHg|毫米汞柱)"),
    "µm": (r" ?[µμ]m", r" ?(?:[µμ]m|微米)"),
    "mm": (r" ?mm(?![A-Za-z]| of water)", r" ?(?:mm(?![A-Za-z]| 水柱)|毫米(?!汞))"),
    "dioptres": (r" ?(?:D\b|(?:prism )?dioptre)", r" ?(?:D(?![A-Za-z])|屈光度|棱镜度)"),
    "%": (r" ?%", r" ?[%％]"),
    "years": (r"[ -](?:more )?years?\b", r" ?(?:余年|(?<!\d{4} )(?<!\d{4})年|岁)"),
    "months": (r"[ -](?:more )?months?\b", r" ?个月"),
    "weeks": (r"[ -](?:more )?weeks?\b", r" ?周"),
    "days": (r"[ -](?:more )?days?\b", r" ?[天日]"),
    "hours": (r"[ -](?:more )?hours?\b", r" ?小时"),
    "minutes": (r"[ -](?:more )?minutes?\b", r" ?分钟"),
}
_DOSE = re.compile(
    r"\d ?(?:mg|mcg|µg|μg|ml|mL)\b|\b(?:times|drops) (?:a|per) day|\btimes daily"
    r"|毫克|毫升|微克|次/日|[每一]日.次|每天.次"
)
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,.;:?!()]|[,;:?!()][\u4e00-\u9fff]")
_AMERICAN = re.compile(
    r"(?<!o)edema|hemorrhag|ischemi|\banemi|leukemi|pediatric|orthopedic|anesthe|\b(?:pseudo)?tumor"
    r"|\bcolor|\bcenter|\bfiber|diopter|\bgray|behavior|\bfavor|catheteriz|millimeter"
    r"|\b(?!size|seize|prize)\w+iz(?:e[ds]?|ing|ation)\b",
    re.I,
)
_BRANDS = re.compile(
    r"lucentis|eylea|avastin|vabysmo|beovu|ozurdex|iluvien|syfovre|izervay|visudyne|luxturna"
    r"|restasis|xiidra|cequa|xalatan|travatan|lumigan|cosopt|alphagan|azopt|humira|oxervate"
    r"|诺适得|艾力雅|安维汀|朗沐|罗视佳|傲迪适|适利达|苏为坦|卢美根|派立明|阿法根|丽科明|思然",
    re.I,
)


def problems(told: Collection[Passage] | None = None) -> list[str]:
    """What is wrong with passages, each with its id; those of the project where none are given."""
    told = passages().values() if told is None else told
    found = [f"{p.id}: {fault}" for p in told for fault in faults(p)]
    found += [f"{i}: there {n} times" for i, n in Counter(p.id for p in told).items() if n > 1]
    conditions = {p.entry.id: p.entry for p in told if p.entry.kind == "condition"}
    per_section = Counter((p.entry.id, p.section) for p in told)
    for condition in conditions:
        for section in SECTIONS:
            count = per_section[condition, section]
            if count not in IN_SECTION:
                found.append(f"{condition}.{section}: {count} passages")
        if per_section[condition, DEFINE] != 1:
            found.append(f"{condition}: {per_section[condition, DEFINE]} definitions")
    return found + list(_shared_names(conditions.values()))


def faults(passage: Passage) -> list[str]:
    """What is wrong with a passage by itself."""
    found = [] if passage.source in sources() else [f"unknown source {passage.source}"]
    return found + list(_disagreements(passage)) + list(_wording(passage))


def _disagreements(passage: Passage) -> Iterator[str]:
    """Numbers, units and medicines that only one of the languages has."""
    en, zh = passage.text["en"], passage.text["zh"]
    numbers = [sorted(_NUMBER.findall(text)) for text in (en, zh)]
    if numbers[0] != numbers[1]:
        yield f"numbers {' '.join(numbers[0])} | {' '.join(numbers[1])}"
    for unit, (in_en, in_zh) in _UNITS.items():
        if bool(re.search(r"\d" + in_en, en)) != bool(re.search(r"\d" + in_zh, zh)):
            yield f"{unit} in one language only"
    for name, (named_en, named_zh) in _drug_classes().items():
        if bool(named_en.search(en)) != bool(named_zh.search(zh)):
            yield f"medicine {name} in one language only"


def _wording(passage: Passage) -> Iterator[str]:
    """Lengths, doses, brands, spelling and punctuation."""
    en, zh = passage.text["en"], passage.text["zh"]
    if len(en.split()) not in WORDS_EN:
        yield f"{len(en.split())} English words"
    if len(zh) not in CHARACTERS_ZH:
        yield f"{len(zh)} Chinese characters"
    for language in LANGUAGES:
        text = passage.text[language]
        sentences = _sentences(text)
        if len(sentences) > MOST_SENTENCES:
            yield f"{len(sentences)} sentences ({language})"
        yield from (f"a dose: {s}" for s in sentences if gives_dose(s) or _DOSE.search(s))
        if brand := _BRANDS.search(text):
            yield f"brand name {brand[0]}"
    if american := _AMERICAN.search(f"{passage.entry.name['en']} {en}"):
        yield f"American spelling {american[0]}"
    if half := _HALF_WIDTH.search(zh):
        yield f"half-width punctuation {half[0]}"


def _sentences(text: str) -> list[str]:
    finished, rest = split_sentences(text)
    return [s.strip() for s in (*finished, rest) if s.strip()]


@cache
def _drug_classes() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Patterns of each class of medicines, English and Chinese."""
    told = json.loads((FOLDER / "drug_classes.json").read_text(encoding="utf-8"))
    return {
        name: (
            re.compile(r"\b(?:" + "|".join(map(re.escape, forms["en"])) + ")", re.I),
            re.compile("|".join(map(re.escape, forms["zh"]))),
        )
        for name, forms in told.items()
    }


def _shared_names(conditions: Collection[Entry]) -> Iterator[str]:
    """Names that two conditions claim, which would make a question ambiguous."""
    owner: dict[str, str] = {}
    for entry in conditions:
        for language in LANGUAGES:
            for name in {entry.name[language], *entry.aliases[language]}:
                first = owner.setdefault(name.lower(), entry.id)
                if first != entry.id:
                    yield f"{entry.id}: the name {name} is also one of {first}"


def main() -> int:
    """Print what is wrong with the passages of the project: status 2 where something is."""
    found = problems()
    for line in found:
        print(line)
    return 2 if found else 0
