"""Dialogues on written reports: python -m pytest tests/instruct_data/test_reports.py"""

import hashlib
import json
import random
import re
import time
from collections import Counter

import pytest

from assistant.impression.cases import MODALITIES, Case, EyeValues, Modality
from assistant.impression.tables import table
from assistant.impression.wording import follow_up, readings
from instruct_data.photos import Split
from instruct_data.report_forms import families
from instruct_data.report_forms import table as asked
from instruct_data.report_text import styles
from instruct_data.reports import draw_case, impression, records, report_text
from instruct_data.schema import Record
from vision.catalogue import LANGUAGES, Language, detect_language

# limits and intervals of the criteria that a modality is read by; nothing else may be told
LIMITS: dict[Modality, str] = {
    "osa": "0 1 2 3 4 5 8 10 12 13 23 33 40 60 0.2 308",
    "oct": "2 3 4 6 9 10 12 63 75 80 85 95 125 250 300 305 315 400 1500",
    "cfp": "0 1 2 3 4 6 12 20 63 125 0.2 0.6 0.7",
}
NUMBER = re.compile(r"\d+(?:\.\d+)?")
MARKER = re.compile(r"^\d+\. ", re.M)
SICK = {
    "en": r"suggest|suspect|consistent with|likely|oedema|borderline|refer\b|limited|glaucoma|AMD",
    "zh": r"提示|考虑|水肿|临界|可疑|受限|青光眼|AMD|变性|转诊",
}


def drawn(count: int = 300) -> list[tuple[Case, random.Random]]:
    """Cases of all modalities with what is left of their dice."""
    found = []
    for seed in range(count):
        rng = random.Random(seed)
        found.append((draw_case(rng, MODALITIES[seed % 3]), rng))
    return found


def numbers(text: str) -> set[float]:
    return {float(number) for number in NUMBER.findall(MARKER.sub("", text))}


def osa(osdi: float | None = None, **values: float) -> list[str]:
    """Codes of one right eye with these values."""
    eye = EyeValues("OD", {"nibut_first": 12.0, "tmh": 0.3, "mg_upper": 5, "mg_lower": 5} | values)
    case = Case("osa", (eye,), {} if osdi is None else {"osdi": osdi})
    return [said.code for said in readings(case)[0][1].conclusions]


def one(modality: Modality, history: str = "", **values: float | str) -> list[tuple[str, str]]:
    """Codes and levels of one right eye of a modality."""
    case = Case(modality, (EyeValues("OD", values),), {"history": history} if history else {})
    return [(said.code, said.level) for said in readings(case)[0][1].conclusions]


@pytest.fixture(scope="module")
def train() -> list[Record]:
    return list(records("train", 1500, 7))


def test_every_number_of_an_answer_is_in_the_report_or_a_limit(train: list[Record]) -> None:
    for record in train:
        asked = record.messages[0]
        modality = next(m for m in MODALITIES if asked.intent == f"report_{m}")
        allowed = numbers(asked.content) | {float(limit) for limit in LIMITS[modality].split()}
        for message in record.messages[1::2]:
            assert numbers(message.content) <= allowed, (asked.content, message.content)


def test_an_answer_about_one_eye_never_names_the_other() -> None:
    other = {
        "OD": re.compile(
            r"\bleft\b|\bOS\b|\bboth\b|\bLE\b|(?<!/)\bL\b|\bOU\b|左眼|双眼(?!相差|平均)|两眼", re.I
        ),
        "OS": re.compile(
            r"\bright\b|\bOD\b|\bboth eyes\b|\bRE\b|\bOU\b|右眼|双眼(?!相差|平均)|两眼", re.I
        ),
    }
    for case, rng in drawn():
        if len(case.eyes) == 1:
            for language in LANGUAGES:
                text = impression(case, language, rng)
                assert not other[case.eyes[0].side].search(text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_impression_of_a_normal_case_has_no_word_of_disease(language: Language) -> None:
    seen = 0
    for case, rng in drawn(600):
        codes = {said.code for _, reading in readings(case) for said in reading.conclusions}
        if all(code in ("osa_normal", "oct_normal", "cfp_normal") for code in codes):
            seen += 1
            assert not re.search(SICK[language], impression(case, language, rng))
    assert 0.15 < seen / 600 < 0.4


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_impression_names_all_of_its_conclusions_and_no_other(language: Language) -> None:
    texts = table(f"readings.{language}")
    spelled = {
        (code, level): [
            part
            for key in ("names", "said")
            for form in entry.get(key, [])
            for part in [re.sub(r"^an? ", "", form.format(level=word, eye="@", Eye="@"))]
        ]
        for code, entry in texts["codes"].items()
        for level, word in texts["levels"].items()
    }
    for case, rng in drawn():
        text = impression(case, language, rng).lower()
        for _, reading in readings(case):
            for said in reading.conclusions:
                own = spelled[said.code, said.level]
                parts = (p.lower().strip("@：: ").split("@") for p in own)
                assert any(all(bit.strip() in text for bit in p) for p in parts), (said, text)
        held = {said.code for _, reading in readings(case) for said in reading.conclusions}
        for code in ("oct_hole", "oct_wet", "oct_csc", "cfp_dr_pdr", "cfp_branch", "osa_mixed"):
            if code not in held:
                for name in (n.lower() for n in spelled[code, ""] if len(n) > 4):
                    assert not re.search(rf"(?<!non)(?<!非){re.escape(name)}", text), (code, text)


def test_dry_eye_needs_symptoms_and_a_sign() -> None:
    assert osa(20.0, nibut_first=8.0) == ["osa_unspecified"]
    assert osa(5.0, nibut_first=8.0) == ["osa_signs"]
    assert osa(20.0) == ["osa_symptoms"]
    assert osa(nibut_first=8.0) == ["osa_possible"]
    assert osa(5.0) == ["osa_normal"]


def test_the_kind_of_dry_eye_follows_from_volume_and_glands() -> None:
    assert osa(20.0, nibut_first=8.0, tmh=0.15) == ["osa_aqueous"]
    assert osa(20.0, osmolarity=308, lipid=40) == ["osa_evaporative"]
    assert osa(20.0, spots=6, schirmer=5, mg_upper=70) == ["osa_mixed"]
    assert osa(5.0, mg_upper=34, mg_lower=10) == ["osa_glands"]


def test_osmolarity_that_differs_between_the_eyes_is_a_sign() -> None:
    eyes = tuple(
        EyeValues(side, {"nibut_first": 12.0, "osmolarity": value})
        for side, value in (("OD", 290), ("OS", 299))
    )
    for _, reading in readings(Case("osa", eyes, {"osdi": 15.0})):
        assert reading.conclusions[0].basis == ("osdi_high", "osm_apart")


@pytest.mark.parametrize(
    ("size", "level"), [(250, "small"), (251, "medium"), (400, "medium"), (401, "large")]
)
def test_holes_are_sized_as_ivts_does(size: int, level: str) -> None:
    assert one("oct", hole="full", hole_size=size) == [("oct_hole", level)]


@pytest.mark.parametrize(
    ("cst", "code"), [(304, "outside"), (305, "near"), (315, "near"), (316, "centre")]
)
def test_the_central_thickness_decides_on_diabetic_edema(cst: int, code: str) -> None:
    assert one("oct", "diabetes", cst=cst, irf="mild") == [(f"oct_dme_{code}", "")]


def test_subretinal_fluid_means_serous_disease_only_over_a_thick_choroid_without_drusen() -> None:
    fluid = {"cst": 380, "irf": "none", "srf": "present", "drusen": "none"}
    assert one("oct", **fluid, choroid=380) == [("oct_csc", "")]
    assert one("oct", **fluid | {"ped": "vascular"}) == [("oct_wet", "")]


def test_retinopathy_is_graded_by_the_4_2_1_rule() -> None:
    spots = {"ma": "present", "ma_count": 4}
    assert one("cfp", "diabetes", **spots) == [("cfp_dr_mild", "")]
    assert one("cfp", "diabetes", **spots, haem="few") == [("cfp_dr_moderate", "")]
    assert one("cfp", "diabetes", **spots, veins="beaded") == [("cfp_dr_severe", "")]
    assert one("cfp", "diabetes", **spots, nv="disc") == [("cfp_dr_pdr", "")]


@pytest.mark.parametrize(
    ("size", "pigment", "expected"),
    [
        (63, "none", ("cfp_drupelets", "")),
        (64, "none", ("cfp_drusen", "early")),
        (64, "present", ("cfp_drusen", "intermediate")),
        (126, "none", ("cfp_drusen", "intermediate")),
    ],
)
def test_drusen_are_staged_by_size(size: int, pigment: str, expected: tuple[str, str]) -> None:
    assert one("cfp", drusen="present", drusen_size=size, pigment=pigment) == [expected]


def test_discs_that_differ_by_a_fifth_make_the_wider_one_suspect() -> None:
    eyes = tuple(
        EyeValues(side, {"cdr": cup, "haem": "none"}) for side, cup in (("OD", 0.3), ("OS", 0.5))
    )
    right, left = (reading.conclusions[0].code for _, reading in readings(Case("cfp", eyes, {})))
    assert (right, left) == ("cfp_normal", "cfp_disc")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_conclusion_has_its_texts(language: Language) -> None:
    texts, steps = table(f"readings.{language}"), table("next")
    for case, _ in drawn(1500):
        for _, reading in readings(case):
            for said in reading.conclusions:
                assert texts["codes"][said.code]["next"] in steps[language]
                assert set(said.basis) | set(reading.fine) <= set(texts["basis"])


def test_all_conclusions_are_drawn_now_and_then() -> None:
    seen = {s.code for case, _ in drawn(3000) for _, r in readings(case) for s in r.conclusions}
    undrawn = {f"{m}_{gap}" for m in MODALITIES for gap in ("open", "sparse")}
    assert set(table("readings.en")["codes"]) == seen | undrawn


def test_no_family_of_questions_is_shared_by_two_splits() -> None:
    for language in LANGUAGES:
        for kind in ("report", "short", "patient", "why", "criterion"):
            used = [set(families(kind, language, split)) for split in ("train", "val", "test")]
            assert all(used)
            assert sum(map(len, used)) == len(set.union(*used))
        assert len(asked("reports")[language]["report"]) >= 10


def test_val_and_test_have_a_layout_of_their_own() -> None:
    train, val, test = (set(styles(split)) for split in ("train", "val", "test"))
    assert len(train) >= 8
    assert len(val - train - test) == len(test - train - val) == 1


def test_a_seed_gives_the_same_records_and_splits_share_no_report() -> None:
    assert list(records("train", 60, 3)) == list(records("train", 60, 3))
    asked = [{r.messages[0].content for r in records(s, 200, 3)} for s in ("train", "val", "test")]
    assert not asked[0] & asked[1] and not asked[1] & asked[2] and not asked[0] & asked[2]


@pytest.mark.parametrize(
    ("split", "digest"),
    [
        ("train", "19be6908a5411f1d36d2021fff52b7eef52efb1638ec17924b812f4585166b30"),
        ("val", "af7465a885dc5432ee2442f81dd6f3ea1a5659fb8d52360a31f20b155a707a7f"),
        ("test", "abfe37d3bd8ecaae255617ff556efd501f76c7b35d9f6f77e8f91473094deed9"),
    ],
)
def test_a_seed_gives_the_records_that_it_always_gave(split: Split, digest: str) -> None:
    told = "\n".join(json.dumps(record.to_dict()) for record in records(split, 600, 11))
    assert hashlib.sha256(told.encode()).hexdigest() == digest


def test_no_answer_is_frequent(train: list[Record]) -> None:
    said = Counter(m.content for record in train for m in record.messages[1::2])
    assert said.most_common(1)[0][1] <= 0.005 * len(train)


def test_the_answer_is_in_the_language_of_the_record_and_roles_take_turns(
    train: list[Record],
) -> None:
    for record in train[:600]:
        assert [m.role for m in record.messages] == ["user", "assistant"] * (
            len(record.messages) // 2
        )
        for message in record.messages[1::2]:
            han = re.search(r"[\u4e00-\u9fff]", message.content)
            assert bool(han) == (record.language == "zh"), message.content
        assert record.language == "zh" or detect_language(record.messages[1].content) == "en"


def test_no_slot_is_left_open(train: list[Record]) -> None:
    for record in train:
        for message in record.messages:
            assert not re.search(r"[{}]|\bNone\b", message.content), message.content


def test_every_follow_up_can_be_answered_for_every_case() -> None:
    for case, rng in drawn(150):
        for language in LANGUAGES:
            for kind in ("short", "patient", "why", "criterion"):
                assert follow_up(kind, case, language, rng)


def test_a_report_tells_every_measurement() -> None:
    for case, rng in drawn():
        for language in LANGUAGES:
            told = numbers(report_text(case, language, rng))
            for eye in case.eyes:
                wanted = {float(v) for v in eye.values.values() if isinstance(v, int | float)}
                assert wanted <= told


def test_ten_thousand_records_take_under_twenty_seconds() -> None:
    start = time.process_time()
    assert sum(1 for _ in records("train", 1000, 1)) == 1000
    assert time.process_time() - start < 2
