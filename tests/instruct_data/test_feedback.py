"""Readers' feedback as records: python -m pytest tests/instruct_data/test_feedback.py"""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.conversation import Message
from assistant.findings import Findings
from assistant.template_answer import answer_from_findings
from demo.store import Store
from demo.store_context import context_of
from instruct_data.__main__ import main
from instruct_data.feedback import export, made_of
from instruct_data.feedback_rows import Given, given
from instruct_data.schema import Record
from tests.assistant.factory import measured
from vision.errors import OphError, ResourceError

QUESTION = "Which eye is it?"
FACTS = "This is a photo of the right eye (OD)."
BAD = "The side was told where the disc lies, but it was not; it is the right eye."
MODELS = {"adapter": "a" * 64, "vision": "b" * 64}


def context(
    answer: str = BAD,
    question: str = QUESTION,
    findings: Findings | None = None,
    before: tuple[Message, ...] = (),
) -> dict[str, Any]:
    """A question about one photo and its answer, as the store keeps them."""
    messages = (
        *before, Message("user", question, (1,), FACTS), Message("assistant", answer, (1,))
    )  # fmt: skip
    plain = context_of(messages, [findings or measured()])
    return dict(json.loads(json.dumps(plain)))


def feedback(corrected: str = "", rating: str = "down", number: int = 0, **changed: Any) -> Given:
    """Feedback on the answer to which eye it is; `changed` replaces fields."""
    values: dict[str, Any] = {
        "id": f"{number:032x}", "case_id": "c" * 32, "rating": rating, "corrected": corrected,
        "answer": BAD, "finding": "", "image_id": measured().image.id, "who": "R-1",
        "given_at": f"2026-11-30T10:00:{number:02}+00:00", "models": MODELS,
        "context": context(), "masks": None,
    }  # fmt: skip
    return Given(**{**values, **changed})


def reasons(*every: Given) -> list[str]:
    """Why the feedback became no record."""
    return [reason for row in made_of(list(every)).rejected for reason in row["reasons"]]


def test_a_corrected_answer_becomes_a_dialogue_and_a_preference() -> None:
    made = made_of([feedback(FACTS)])
    (record,), (preferred,) = made.sentences, made.preferences
    assert record.messages[-1].content == FACTS and preferred.record == record
    assert preferred.rejected == BAD and not made.rejected
    assert record.messages[0].facts == FACTS  # what the model was given, as it was
    assert Record.from_dict(record.to_dict()) == record


@pytest.mark.parametrize("rating", ["up", "down"])
def test_a_rating_alone_becomes_a_rated_answer(rating: str) -> None:
    told = context(FACTS)
    made = made_of([feedback("", rating, answer=FACTS, context=told)])
    (rated,) = made.rated
    assert rated.good == (rating == "up") and rated.record.messages[-1].content == FACTS
    assert not made.preferences and not made.sentences


def test_a_correction_that_the_findings_do_not_carry_is_refused_with_its_reason() -> None:
    assert "eye" in reasons(feedback("This is a photo of the left eye (OS)."))[0]


def test_an_approved_answer_that_the_findings_do_not_carry_is_refused_too() -> None:
    wrong = "This is a photo of the left eye (OS)."
    assert reasons(feedback("", "up", answer=wrong, context=context(wrong)))


def test_what_is_not_to_be_said_may_say_anything() -> None:
    wrong = "This is a photo of the left eye (OS)."
    made = made_of([feedback(FACTS, answer=wrong, context=context(wrong))])
    assert made.preferences[0].rejected == wrong


@pytest.mark.parametrize("remark", ["Too long.", "better now", "这句话太啰嗦了。"])
def test_a_remark_is_no_answer(remark: str) -> None:
    assert "says nothing of the photo" in reasons(feedback(remark))[0]


def test_personal_data_never_becomes_a_record() -> None:
    (reason,) = reasons(feedback(f"{FACTS} Call Dr. Miller."))
    assert reason.startswith("personal data")
    named = f"{BAD} Call Dr. Miller."
    assert reasons(feedback(FACTS, answer=named, context=context(named)))


def test_readers_who_disagree_teach_nothing_but_a_correction_stands() -> None:
    every = [feedback("", "up", 1), feedback("", "down", 2), feedback(FACTS, "down", 3)]
    made = made_of(every)
    assert len(made.rejected) == 2 and len(made.preferences) == 1
    assert {"readers disagree on this answer"} == set(reasons(*every))


def test_the_same_text_as_a_correction_is_a_rating() -> None:
    made = made_of([feedback(FACTS, "up", answer=FACTS, context=context(FACTS))])
    assert not made.preferences and made.rated[0].good


@pytest.mark.parametrize("lost", [None, {}, {"messages": [], "findings": []}])
def test_an_answer_to_nothing_known_is_refused(lost: dict[str, Any] | None) -> None:
    assert reasons(feedback(FACTS, context=lost)) == ["it is not known what this was an answer to"]


def test_what_was_answered_by_rule_teaches_the_model_nothing() -> None:
    refusal = "No photo can tell the age of a person."
    by_rule = feedback(FACTS, answer=refusal, context=context(refusal), models={"vision": "b"})
    assert "by rule" in reasons(by_rule)[0]


def test_feedback_on_findings_that_have_changed_since_is_refused() -> None:
    other = measured(eye="OS")
    later = feedback("This is a photo of the left eye (OS).", number=1,
                     context=context(findings=other))  # fmt: skip
    assert reasons(feedback(FACTS), later) == ["the findings of this photo have changed since"]


def test_earlier_answers_are_kept_where_the_check_lets_them_pass() -> None:
    good = answer_from_findings("What is the grade?", (measured(),), "en", (1,))
    before = tuple(
        message
        for said in (good, "There are 99 haemorrhages.")
        for message in (Message("user", "And?", (1,)), Message("assistant", said, (1,)))
    )
    (record,) = made_of([feedback(FACTS, context=context(before=before))]).sentences
    texts = [message.content for message in record.messages]
    assert texts == ["And?", good, QUESTION, FACTS]


def test_a_correction_in_chinese_is_a_record_in_chinese() -> None:
    told = "这是右眼（OD）的照片。"
    answer = "眼别由视盘在照片中的位置推断，如有误请更正。"
    said = context(answer, "是哪只眼？")
    (record,) = made_of([feedback(told, answer=answer, context=said)]).sentences
    assert record.language == "zh"


# ---- findings and masks ----

MASK = {"size": [2848, 4288], "counts": "04"}


def on_finding(**changed: Any) -> Given:
    about = context_of((), [measured()])
    return feedback(**{"corrected": "4", "answer": "", "finding": "lesions.HE", "context": about,
                       **changed})  # fmt: skip


def test_corrected_findings_and_masks_are_written_for_people_who_train_networks() -> None:
    made = made_of([on_finding(masks={"HE": MASK})])
    (row,) = made.corrections
    assert row["finding"] == "lesions.HE" and row["corrected"] == "4" and row["who"] == "R-1"
    assert row["masks"] == {"HE": MASK} and row["models"] == MODELS
    assert not made.sentences and not made.preferences  # no stage learns from these


@pytest.mark.parametrize("masks", [{"HE": {"size": [3, 3], "counts": "0"}}, {"XX": MASK}])
def test_a_mask_that_does_not_fit_is_refused(masks: dict[str, Any]) -> None:
    assert "does not fit the photo" in reasons(on_finding(masks=masks))[0]


def test_a_corrected_finding_with_a_name_in_it_is_refused() -> None:
    assert reasons(on_finding(corrected="ask Dr. Miller")) == ["personal data"]


# ---- the store ----


@pytest.fixture
def stored(tmp_path: Path) -> str:
    """A store with a correction and a remark; returns its address."""
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    store = Store.open(url)
    case = store.create("P-1")
    for corrected in (FACTS, "Too long."):
        store.give_feedback(case.id, "down", "R-1", corrected=corrected, answer=BAD, models=MODELS,
                            image_id=measured().image.id, context=context())  # fmt: skip
    store.close()
    return url


def test_the_store_is_read_as_the_demo_wrote_it(stored: str) -> None:
    first = given(stored)[0]
    assert first.corrected == FACTS and first.models == MODELS and first.context == context()
    assert first.given_at.endswith("+00:00") and first.who == "R-1"


def test_the_folder_holds_records_and_what_was_refused(stored: str, tmp_path: Path) -> None:
    counts = export(given(stored), tmp_path / "out")
    assert counts == {"sentences": 1, "preferences": 1, "rated": 0, "corrections": 0,
                      "rejected": 1}  # fmt: skip
    rows = {
        path.stem: [json.loads(line) for line in path.read_text().splitlines()]
        for path in (tmp_path / "out").iterdir()
    }
    assert rows["preferences"][0]["rejected"] == BAD
    assert rows["findings"][0]["id"] == measured().image.id
    assert "says nothing" in rows["rejected"][0]["reasons"][0]


def test_an_older_store_says_what_to_do(stored: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "cases.db") as other:
        other.execute("UPDATE meta SET value = '1'")
    with pytest.raises(ResourceError, match="brings the store up to date") as caught:
        given(stored)
    assert caught.value.text("zh")


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [("none.db", None, "store.gone"), ("bad.db", b"x" * 5000, "store.corrupted")],
)
def test_a_store_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, name: str, content: bytes | None, key: str
) -> None:
    if content:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(OphError) as caught:
        given(f"sqlite:///{tmp_path / name}")
    assert caught.value.key == key
    assert content or not (tmp_path / name).exists()


def test_an_address_that_is_none_is_a_sentence() -> None:
    with pytest.raises(ResourceError):
        given("nonsense")


def test_findings_are_those_that_the_judged_answer_was_about() -> None:
    other = replace(measured(), image=replace(measured().image, id="f" * 64))
    made = made_of([feedback(FACTS), feedback(FACTS, number=1, context=context(findings=other))])
    assert set(made.findings) == {measured().image.id, "f" * 64} and len(made.sentences) == 2


def test_the_command_writes_the_folder_and_prints_the_counts(
    stored: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "records"
    monkeypatch.setattr(
        "sys.argv", ["instruct_data", "feedback", "--db", stored, "--out", str(out)]
    )
    assert main() == 0
    assert json.loads(capsys.readouterr().out)["preferences"] == 1
    assert (out / "preferences.jsonl").is_file()
