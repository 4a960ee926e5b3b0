"""Reading written reports: python -m pytest tests/assistant/test_impression_reader.py"""

import json
from pathlib import Path

import pytest

from assistant.impression.cases import Modality
from assistant.impression.evaluate import counts, drawn, written
from assistant.impression.reader import modality_of, read_report
from vision.errors import InputError

PROOF = Path(__file__).parents[2] / "assistant" / "proof"


def eyes(text: str, modality: Modality = "oct") -> dict[str, dict[str, object]]:
    return {e.side: dict(e.values) for e in read_report(text, modality).case.eyes}


@pytest.mark.parametrize(
    "text",
    [
        "OD: CST 412 um\nOS: CST 280 um",
        "CST: OD 412 | OS 280",
        "CST 412 OD, 280 OS",
        "CST OD/OS: 412/280 µm",
        "The right eye has a CMT of 412 microns and the fellow eye of 280 microns.",
        "RE CRT 412um / LE CRT 280um",
        "        OD    OS\nCST     412   280   um",
        "|  | Right eye | Left eye |\n|---|---|---|\n| CST | 412 µm | 280 µm |",
        ";R;L\ncentral subfield thickness;412 um;280 um",
        "Eye\tCST\tSFCT\nOD\t412\t-\nOS\t280\t-",
        "黄斑中心厚度：右眼412μm，左眼280μm",
        "黄斑中心厚度：右眼４１２微米，对侧眼２８０微米",
        "centrall subfeild thickness: R 412 um, L 280 um",
        "OD\n- central macular thickness: 412 µm\nOS\n- central macular thickness: 280 µm",
    ],
)
def test_a_measurement_goes_to_its_eye_in_any_layout(text: str) -> None:
    found = eyes(text)
    assert (found["OD"]["cst"], found["OS"]["cst"]) == (412, 280)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("OD: CST 280. No IRF or SRF.", "none"),
        ("OD: CST 280, IRF and SRF absent", "none"),
        ("OD: CST 280. There is no evidence of intraretinal fluid or subretinal fluid.", "none"),
        ("OD: CST 280, no fluid", "none"),
        ("OD CST 280 IRF (-) SRF (-)", "none"),
        ("右眼CST 280，未见视网膜内积液、视网膜下积液", "none"),
        ("右眼CST 280，IRF、SRF均未见", "none"),
        ("右眼CST 280，IRF（－），SRF（－）", "none"),
        ("OD: CST 280, IRF present, SRF seen", "present"),
        ("OD: CST 280 with IRF and SRF.", "present"),
        ("右眼CST 280，IRF（+），SRF（+）", "present"),
    ],
)
def test_a_denial_reaches_what_it_is_joined_to(text: str, state: str) -> None:
    found = eyes(text)["OD"]
    assert (found["irf"], found["srf"]) == (state, state)


def test_a_denial_does_not_reach_the_next_finding() -> None:
    found = eyes("OD: CST 402, no IRF, fibrovascular PED, subretinal fluid")["OD"]
    assert (found["irf"], found["ped"], found["srf"]) == ("none", "vascular", "present")
    found = eyes("右眼未见新生血管，微血管瘤，点状出血，棉绒斑", "cfp")["OD"]
    assert (found["nv"], found["ma"], found["haem"]) == ("none", "present", "few")


def test_a_new_vessel_that_was_not_seen_is_not_there() -> None:
    for text in ("右眼C/D 0.3，未见新生血管。", "右眼C/D 0.3。未探及新生血管", "OD C/D 0.3, no NV"):
        assert eyes(text, "cfp")["OD"]["nv"] == "none"


@pytest.mark.parametrize(
    "text",
    [
        "OD: no ERM, vitreomacular adhesion without distortion of the fovea",
        "右眼未见前膜，玻璃体黄斑粘连，无变形",
    ],
)
def test_a_denial_behind_a_name_may_be_of_something_else(text: str) -> None:
    assert eyes(text)["OD"]["vmi"] == "vma"


def test_an_eye_named_behind_a_mark_begins_what_is_said_of_it() -> None:
    found = eyes("右眼前膜伴皱褶，CMT 398μm；左眼前膜菲薄，CMT 272μm")
    assert (found["OD"]["cst"], found["OS"]["cst"]) == (398, 272)


def test_values_that_contradict_are_left_out_and_told() -> None:
    read = read_report("OD: CST 412 um, no IRF.\nOD: CST 280 um", "oct")
    assert "cst" not in read.case.eyes[0].values
    assert [{one.value for one in every} for every in read.conflicts] == [{412, 280}]


def test_a_range_is_read_by_its_beginning_and_told() -> None:
    read = read_report("OD: NIBUT 4-6 s, TMH 0.2 mm", "osa")
    assert read.case.eyes[0].values["nibut_first"] == 4
    assert [one.range for one in read.ranges] == ["4-6"]


def test_reference_values_are_no_measurements() -> None:
    found = eyes("CST OD 345 (ref 220-305), OS 280 (ref 220-305)")
    assert (found["OD"]["cst"], found["OS"]["cst"]) == (345, 280)


def test_what_could_not_be_judged_is_unclear_not_none() -> None:
    text = "OD NIBUT 8 s, upper-lid meibography not assessable\nOS NIBUT 9 s"
    assert eyes(text, "osa")["OD"]["mg_upper"] == "unclear"


def test_an_implausible_number_is_not_read() -> None:
    assert "cdr" not in eyes("OD: C/D 7, no haemorrhages", "cfp")["OD"]


@pytest.mark.parametrize(
    ("text", "history"),
    [
        ("T2DM for 9 years.\nOD CST 280", "diabetes"),
        ("No diabetes, known hypertension.\nOD CST 280", "hypertension"),
        ("否认糖尿病。右眼CST 280", None),
        ("糖尿病、高血压病史。右眼CST 280", "diabetes+hypertension"),
    ],
)
def test_diseases_of_the_person_are_read_with_their_denials(text: str, history: str | None) -> None:
    assert read_report(text, "oct").case.person.get("history") == history


@pytest.mark.parametrize(
    ("text", "modality", "key"),
    [
        ("  \n", "oct", "impression.empty"),
        ("x" * 9000, "oct", "impression.too_long"),
        ("The weather is fine today.", "oct", "impression.nothing"),
        ("CST 280 um, no IRF", "oct", "impression.no_eye"),
        ("OD CST 280, IRF none, SRF none, ELM intact", "osa", "impression.is_oct"),
        ("OD NIBUT 8 s, TMH 0.2 mm, LLT 50 nm", "cfp", "impression.is_osa"),
        ("右眼C/D 0.3，A/V 2:3，未见出血渗出", "oct", "impression.is_cfp"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, modality: Modality, key: str) -> None:
    with pytest.raises(InputError) as error:
        read_report(text, modality)
    assert error.value.key == key
    assert error.value.text("zh") != error.value.text("en")


def test_the_kind_of_examination_is_recognised() -> None:
    for line in (PROOF / "reports_blind.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert modality_of(row["text"]) in (row["modality"], None)


@pytest.mark.parametrize("rough", [False, True])
def test_drawn_reports_are_read_nearly_without_fault(rough: bool) -> None:
    rows = [counts(one) for one in drawn(8, 12345, rough=rough)]
    right, told, gold, held, side, apart, own = (sum(column) for column in zip(*rows, strict=True))
    assert 2 * right / (told + gold) > 0.92
    assert side / held > 0.99 and own / apart > 0.99


def test_reports_written_by_hand_are_read_without_fault() -> None:
    for name in ("reports_blind", "reports_blind2"):
        for one in written(PROOF / f"{name}.jsonl"):
            right, told, gold, *_ = counts(one)
            assert right == told == gold, one.text
