"""What an answer about photos gets beside the words of the model: test_draft.py"""

from assistant.draft import PhotoDraft
from assistant.findings_text import gland_lines
from tests.assistant.factory import findings, lesion, lesions, lid

GRADE = "The photo suggests ICDR grade 2, moderate non-proliferative diabetic retinopathy (71%)."
COUNT = "The measurement found 5 haemorrhages."


def _finished(said: list[str], facts: str) -> PhotoDraft:
    draft = PhotoDraft("en", "?", about=(1,), findings=(findings(),), facts=facts)
    for sentence in said:
        draft.take(sentence)
    draft.finish()
    return draft


def test_a_fact_that_was_asked_for_comes_before_words_that_tell_another() -> None:
    draft = _finished(["There are 12 hard exudates."], COUNT)
    assert draft.text() == f"{COUNT} There are 12 hard exudates." and draft.event().added == 1


def test_a_fact_that_the_words_leave_out_follows_those_that_tell_a_part() -> None:
    draft = _finished(["It is ICDR grade 2."], f"{GRADE} {COUNT}")
    assert draft.text() == f"It is ICDR grade 2. {COUNT}" and draft.event().added == 1


def test_nothing_is_added_where_the_words_tell_all() -> None:
    draft = _finished(["I count 5 haemorrhages in it."], COUNT)
    assert draft.text() == "I count 5 haemorrhages in it." and draft.event().added == 0


def test_the_probability_beside_what_is_suggested_may_be_left_out() -> None:
    draft = _finished(["It is ICDR grade 2."], GRADE)
    assert draft.text() == "It is ICDR grade 2."


def test_words_that_a_fact_says_again_go() -> None:
    both = "The measurement found 5 haemorrhages and 12 hard exudates."
    assert _finished(["There are 12 hard exudates."], both).text() == both


def test_words_that_are_not_read_as_a_claim_go_where_a_fact_has_their_names_and_figures() -> None:
    fact = "测量共发现5处出血。"
    draft = PhotoDraft("zh", "?", about=(1,), findings=(findings(),), facts=fact)
    draft.take("出血：测量中发现5处。")
    draft.take("照片提示ICDR 2级。")
    draft.finish()
    assert draft.text() == f"{fact}照片提示ICDR 2级。"


def test_where_nothing_is_said_the_facts_stand_alone_and_say_so() -> None:
    draft = _finished([], COUNT)
    assert draft.text() == COUNT and draft.notice == "answer.template"


def test_a_text_of_several_sentences_repeats_none_that_was_said() -> None:
    draft = PhotoDraft("zh", "?", about=(1,), findings=(findings(),), facts="")
    draft.keep("测量共发现5处出血。")
    draft.keep("照片提示ICDR 2级。测量共发现5处出血。")
    assert draft.text() == "测量共发现5处出血。照片提示ICDR 2级。"


def test_a_measure_that_was_not_validated_is_never_told_without_saying_so() -> None:
    facts = " ".join(gland_lines(lid(), "en"))
    draft = PhotoDraft("en", "?", about=(1,), findings=(lid(),), facts=facts)
    draft.take("Glands cover 21% of the judged area of the lid.")
    draft.finish()
    assert draft.text().startswith("By classical image processing that was not validated")
    assert "Glands cover 21%" not in draft.text()


def test_a_garbled_sentence_without_a_claim_is_said_as_the_system_says_it() -> None:
    told = "The photo suggests ICDR grade 2."
    limit = "These are a model's estimates from one photo, not a diagnosis."
    draft = _finished([told, "These are model estimates from one photo, not a diagnosis."], told)
    assert draft.text() == f"{told} {limit}" and draft.event().repaired == 1


def test_words_of_several_sentences_mixed_into_one_are_withheld() -> None:
    facts = "The overlay shows them; you can switch each kind on and off. Ask for the report."
    draft = _finished(["Ask for each kind; the overlay shows the report and you switch."], facts)
    assert "Ask for each kind" not in draft.text()


def test_a_fact_that_claims_nothing_follows_where_the_words_leave_it_out() -> None:
    source = "Which eye this is was told from where the optic disc lies; correct it if it is wrong."
    draft = _finished(["It is ICDR grade 2."], f"{GRADE} {source}")
    assert draft.text() == f"It is ICDR grade 2. {source}" and draft.event().added == 1


def test_of_two_photos_words_that_leave_something_out_give_way_to_the_facts() -> None:
    facts = "Photo 1: The measurement found no haemorrhages. Photo 2: " + COUNT
    none = findings(lesions=lesions(HE=lesion(0, 0)))
    draft = PhotoDraft("en", "?", about=(1, 2), findings=(none, findings()), facts=facts)
    draft.take("No haemorrhages came out of the measurement.")
    draft.finish()
    assert draft.text() == facts
