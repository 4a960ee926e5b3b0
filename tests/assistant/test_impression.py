"""Impressions of written reports: python -m pytest tests/assistant/test_impression.py"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.impression.cases import MODALITIES, Case, EyeValues, Modality
from assistant.impression.check import check
from assistant.impression.command import report_text, to_dict
from assistant.impression.conclude import by_rule, conclusions
from assistant.impression.evaluate import drawn
from assistant.impression.lexis import states
from assistant.impression.tables import table
from assistant.impression.wording import readings
from assistant.impression.write import Impression, write_impression
from assistant.model import Speech
from vision.catalogue import LANGUAGES, say
from vision.errors import InputError, ModelError

REPORT = "Type 2 diabetes.\nOD: CST 412 um, marked IRF, EZ intact.\nOS: CST 271 um, no IRF, no SRF."
TRUE = (
    "Findings in the right eye suggest centre-involving diabetic macular oedema: central subfield "
    "412 µm. The OCT of the left eye is within normal limits. Refer to a retina specialist within "
    "2 to 4 weeks."
)


class Voice:
    """A language model that says one thing, or fails."""

    def __init__(self, text: str, error: Exception | None = None) -> None:
        self.text, self.error = text, error
        self.turns: list[Any] = []

    def speak(self, turns: Any, *_: Any) -> Iterator[Speech]:
        self.turns = list(turns)
        if self.error:
            raise self.error
        yield Speech(self.text, 0)


def write(
    text: str, voice: Voice | None, modality: Modality = "oct", lang: Any = "en"
) -> Impression:
    return write_impression(text, modality, lang, voice, threading.Event())  # type: ignore[arg-type]


def test_words_that_carry_the_conclusions_are_given() -> None:
    made = write(REPORT, Voice(TRUE))
    assert (made.source, made.text, made.notices) == ("llm", TRUE, ())


def test_the_model_is_asked_with_what_the_rules_conclude_beside_the_report() -> None:
    voice = Voice(TRUE)
    ruled = write(REPORT, None).text
    write(REPORT, voice)
    assert [turn.role for turn in voice.turns] == ["system", "user"]
    (asked,) = voice.turns[1].parts
    assert asked.startswith(f"Write the impression for this OCT report:\n{REPORT}")
    assert ruled in asked.removeprefix(REPORT)


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (TRUE.replace("right eye", "left eye"), "extra"),
        (TRUE.replace("The OCT of the left eye is within normal limits. ", ""), "missing"),
        (TRUE + " A full-thickness macular hole is suspected in the left eye.", "extra"),
        (TRUE.replace("412", "421"), "numbers"),
        (TRUE + " Take 2 drops of atropine 1% three times a day.", "dose"),
        ("", "missing"),
    ],
)
def test_words_that_do_not_are_withheld_and_that_is_said(wrong: str, kind: str) -> None:
    made = write(REPORT, Voice(wrong))
    assert made.source == "rules" and made.withheld == wrong
    assert made.check and getattr(made.check, kind)
    assert made.notices == (say("impression.disagrees", "en"),)
    assert "centre-involving diabetic macular oedema" in made.text


def test_another_degree_is_a_disagreement() -> None:
    eye = EyeValues("OD", {"nibut_first": 5.0, "tmh": 0.3, "mg_upper": 60, "mg_lower": 50})
    case = Case("osa", (eye,), {"osdi": 40.0})
    right = "Findings in the right eye suggest severe evaporative dry eye."
    assert check(right, case, "", "en").passed
    assert check(right.replace("severe", "mild"), case, "", "en").degrees == ("osa_evaporative",)


def test_without_a_model_or_where_it_fails_the_rules_speak_and_say_so() -> None:
    assert write(REPORT, None).notices == (say("impression.no_llm", "en"),)
    failed = write(REPORT, Voice("", ModelError("error.file_missing", path="x")))
    assert (failed.source, failed.notices) == ("rules", (say("impression.failed", "en"),))


def test_a_report_in_the_other_language_is_concluded_by_rule() -> None:
    made = write(REPORT, Voice(TRUE), lang="zh")
    assert made.notices == (say("impression.other_language", "zh"),)
    assert "糖尿病性黄斑水肿" in made.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_by_rule_passes_the_check_that_the_model_has_to_pass(language: Any) -> None:
    for one in drawn(15, 5, rough=False):
        assert one.case is not None
        said = by_rule(one.case, language).split(say("impression.rules", language))[0]
        held = check(said, one.case, one.text, language)
        assert not (held.missing or held.extra or held.degrees or held.dose), one.text


def test_every_conclusion_tells_eye_values_rule_and_next_step() -> None:
    for one in drawn(15, 6, rough=False):
        for told in conclusions(one.case, "en"):  # type: ignore[arg-type]
            assert told.eyes and told.name and told.rule and told.next_step


def test_no_eye_is_normal_with_an_abnormal_sign_that_no_rule_grades() -> None:
    for values in ({"srf": "present"}, {"drusen": "present"}, {"ped": "serous"}):
        eye = EyeValues("OD", {"cst": 280, "irf": "none"} | values)  # type: ignore[dict-item]
        (told,) = conclusions(Case("oct", (eye,), {}), "en")
        assert told.code == "oct_open" and told.values


def test_no_eye_is_normal_where_little_was_examined() -> None:
    few: dict[Modality, dict[str, Any]] = {
        "osa": {"blinks": 14}, "oct": {"signal": 8}, "cfp": {"media": "clear"},
    }  # fmt: skip
    for modality in MODALITIES:
        case = Case(modality, (EyeValues("OD", few[modality]),), {})
        assert readings(case)[0][1].conclusions[0].code == f"{modality}_sparse"


def test_a_part_that_is_missing_never_breaks_the_wording() -> None:
    for one in drawn(12, 7, rough=False):
        assert one.case is not None
        for eye in one.case.eyes:
            for left_out in eye.values:
                values = {name: v for name, v in eye.values.items() if name != left_out}
                case = Case(one.modality, (EyeValues(eye.side, values),), one.case.person)
                assert by_rule(case, one.language)


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_state_that_can_be_read_can_be_worded(modality: Modality) -> None:
    for name, meta in table("fields").items():
        for value in {*(one for one, _ in states(name)), meta.get("yes"), "unclear"} - {None, ""}:
            for history in ("", "diabetes", "hypertension", "vein"):
                case = Case(modality, (EyeValues("OD", {name: value}),), {"history": history})
                assert by_rule(case, "en") and by_rule(case, "zh")


def test_the_json_holds_what_was_read_and_why() -> None:
    told = json.loads(json.dumps(to_dict(write(REPORT, Voice(TRUE)))))
    assert told["read"]["eyes"]["OD"]["cst"] == 412
    assert told["check"]["ok"] and told["conclusions"][0]["rule"]
    assert set(told["seconds"]) == {"rules", "llm"}


def test_clinics_encodings_are_read() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert report_text("右眼CST 280微米".encode(encoding)) == "右眼CST 280微米"
    with pytest.raises(InputError):
        report_text(b"\xff\xff\xff\x00\x81")


def test_the_command_reads_stdin_and_ends_with_status_0_or_2() -> None:
    def run(text: str, *options: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "assistant", "impression", "--rules-only", *options]
        return subprocess.run(command, input=text.encode(), capture_output=True)

    good = run(REPORT, "--modality", "oct")
    assert good.returncode == 0 and b"macular oedema" in good.stdout
    bad = run(REPORT, "--modality", "osa", "--lang", "zh")
    assert (bad.returncode, bad.stdout) == (2, b"")
    assert say("impression.is_oct", "zh", asked="osa") in bad.stderr.decode()
