"""The events of the page without Gradio: python -m pytest tests/demo/test_handlers.py"""

import threading
from pathlib import Path

import pytest

from demo.transcript import plain, turn_at, unplain
from tests.demo.pages import Page, PhotoMaker, text_of
from vision.errors import ModelError


def test_a_photo_with_a_question_shows_thumbnail_steps_answer_and_findings(
    page: Page, photo: PhotoMaker
) -> None:
    page.send("Is there retinopathy?", photo())
    assert '<img src="gradio_api/file=320.webp"' in page.chat
    assert "✓ Quality" in page.chat
    assert "**About photo 1**" in page.chat
    assert "You asked: Is there retinopathy?" in page.chat
    assert page.view["photo"]["value"].shape == (240, 320, 3)
    assert "<table" in page.view["findings"]["value"]
    assert page.view["photo_box"]["visible"] is True


def test_steps_appear_one_after_another(page: Page, photo: PhotoMaker) -> None:
    seen = [view["chat"]["value"] for view in page.send("", photo()) if "chat" in view]
    running = [
        next((m["metadata"]["title"] for m in chat if "parent_id" in m["metadata"]), None)
        for chat in seen
    ]
    counts = [sum("parent_id" in m["metadata"] for m in chat) for chat in seen]
    assert sorted(set(counts)) == [0, 1, 2, 3, 4]
    assert "Opening the photo" in running


def test_a_photo_alone_asks_what_it_shows(page: Page, photo: PhotoMaker) -> None:
    page.send("", photo())
    assert page.pipeline.asked == ["What does this photo show?"]


def test_a_question_alone_is_answered_without_a_photo(page: Page) -> None:
    page.send("What is glaucoma?")
    assert "You asked: What is glaucoma?" in page.chat
    assert page.view["photo_box"]["visible"] is False


def test_a_general_answer_names_what_it_draws_on_in_the_language_of_the_page(page: Page) -> None:
    page.pipeline.sources = ("glaucoma.causes.2", "glaucoma.causes.2")
    page.send("Is glaucoma hereditary?")
    assert page.chat.count("*From the knowledge base:*") == 1
    assert page.chat.count("- *primary open-angle glaucoma: causes and symptoms. Follows: ") == 1
    page.run(lambda: page.handlers.switch_language("zh", page.visit))
    assert "- *原发性开角型青光眼：病因与症状。依据：" in page.chat


def test_an_answer_about_a_photo_names_no_sources(page: Page, photo: PhotoMaker) -> None:
    page.send("Is there retinopathy?", photo())
    assert "knowledge base" not in page.chat


def test_the_uploaded_file_is_not_kept(page: Page, photo: PhotoMaker) -> None:
    file = photo()
    page.send("", file)
    assert not file.exists()


def test_the_pending_sentence_is_shown_apart_from_the_checked_ones(page: Page) -> None:
    page.pipeline.delay_s = 0.03  # slower than the throttle drops
    chats = [text_of(v["chat"]["value"][-1]) for v in page.send("Why?") if v["chat"]["value"]]
    assert any("I looked at it again. *You" in chat for chat in chats)


def test_updates_are_throttled_to_fifteen_a_second(page: Page) -> None:
    views = page.send(" ".join(["word"] * 300))
    assert len(views) < 20


def test_an_empty_message_gets_a_friendly_sentence(page: Page) -> None:
    page.send("   ")
    assert "nothing to send yet" in page.chat
    assert "value" not in page.view["composer"]


def test_a_text_of_100_000_characters_is_refused_with_the_limit_and_stays(page: Page) -> None:
    page.send("Hello?")
    page.send("x" * 100_000)
    assert "100,000 characters; at most 4,000" in page.chat
    assert "You asked: Hello?" in page.chat
    assert page.view["composer"]["value"]["text"] == ""  # from the first message: not touched


def test_a_hint_goes_with_the_next_message(page: Page) -> None:
    page.send("")
    page.send("Hello?")
    assert "nothing to send" not in page.chat


def test_a_file_that_is_no_photo_gets_the_sentence_of_intake(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_text("hello")
    page.send("What is this?", file)
    assert "holds no picture" in page.chat
    assert page.pipeline.asked == []


def test_a_bad_photo_beside_a_good_one_costs_only_itself(
    page: Page, photo: PhotoMaker, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"")
    page.send("What is this?", bad, photo())
    assert "empty (0 bytes)" in page.chat
    assert "You asked: What is this?" in page.chat


def test_an_error_keeps_the_conversation_so_far(page: Page) -> None:
    page.send("First?")
    page.pipeline.fail_answer = ModelError("error.weights_missing", path="w")
    page.send("Second?")
    assert "You asked: First?" in page.chat
    assert "A model file is missing: w." in page.chat


def test_an_unexpected_failure_becomes_a_sentence_with_a_trace_number(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    page.pipeline.fail_answer = ZeroDivisionError("secret detail")
    page.send("First?")
    assert "report the number" in page.chat
    assert "secret detail" not in page.chat
    assert caplog.records[-1].getMessage().split()[-1] in page.chat


def test_a_failed_analysis_can_be_tried_again(page: Page, photo: PhotoMaker) -> None:
    page.pipeline.fail_analysis = MemoryError()
    page.send("What is this?", photo())
    page.pipeline.fail_analysis = None
    page.run(lambda: page.handlers.retry(page.visit))
    assert "**About photo 1**" in page.chat
    assert "report the number" not in page.chat


def test_retry_asks_again_without_reading_the_photo_again(page: Page, photo: PhotoMaker) -> None:
    page.send("What is this?", photo())
    page.run(lambda: page.handlers.retry(page.visit))
    assert page.pipeline.asked == ["What is this?"] * 2
    assert len(page.visit.session.analyses) == 1
    assert len(page.visit.session.messages) == 2


def test_undo_takes_back_question_answer_and_photo(page: Page, photo: PhotoMaker) -> None:
    page.send("First?")
    page.send("Second?", photo())
    page.run(lambda: page.handlers.undo(page.visit))
    assert "Second?" not in page.chat
    assert page.view["composer"]["value"]["text"] == "Second?"
    assert page.view["photo_box"]["visible"] is False
    assert len(page.visit.session.messages) == 2


def test_edit_asks_in_other_words_and_takes_later_turns_back(page: Page, photo: PhotoMaker) -> None:
    page.send("First?")
    page.send("Second?", photo())
    page.run(lambda: page.handlers.edit(0, "Changed?", page.visit))
    assert page.pipeline.asked[-1] == "Changed?"
    assert "Second?" not in page.chat
    assert page.visit.session.analyses == []
    assert page.visit.session.messages[0].text == "Changed?"


def test_editing_keeps_the_photo_of_the_same_turn(page: Page, photo: PhotoMaker) -> None:
    page.send("First?", photo())
    page.run(lambda: page.handlers.edit(1, "Changed?", page.visit))
    assert "**About photo 1**" in page.chat
    assert len(page.visit.session.analyses) == 1


def test_stop_ends_the_answer_and_keeps_the_checked_part(page: Page) -> None:
    page.handlers.receive({"text": " ".join(["word"] * 50), "files": []}, page.visit)
    page.pipeline.delay_s = 0.01
    work = page.worker.work(page.visit)
    for view in work:
        if "again. *You" in text_of(view["chat"]["value"][-1]):
            break
    page.handlers.stop(page.visit)
    last = list(work)[-1]
    assert "I looked at it again." in text_of(last["chat"]["value"][-1])
    assert "*Stopped.*" in text_of(last["chat"]["value"][-1])
    assert last["composer"]["stop_btn"] is False
    assert page.visit.job is None


def test_stop_while_a_photo_is_read_forgets_the_half_read_photo(
    page: Page, photo: PhotoMaker
) -> None:
    page.handlers.receive({"text": "", "files": [str(photo())]}, page.visit)
    work = page.worker.work(page.visit)
    next(work)
    page.handlers.stop(page.visit)
    list(work)
    assert page.visit.session.analyses == []
    page.run(lambda: page.handlers.retry(page.visit))
    assert len(page.visit.session.analyses) == 1


def test_stop_in_the_queue_never_starts(page: Page) -> None:
    page.handlers.receive({"text": "Hello?", "files": []}, page.visit)
    page.handlers.stop(page.visit)
    assert list(page.worker.work(page.visit)) == []
    assert page.pipeline.asked == []


def test_a_new_conversation_begun_in_mid_answer_hears_nothing_of_the_old_one(page: Page) -> None:
    page.handlers.receive({"text": "Old words?", "files": []}, page.visit)
    work = page.worker.work(page.visit)
    for _ in range(3):
        next(work)
    page.handlers.restart(page.visit)
    page.handlers.receive({"text": "New words?", "files": []}, page.visit)
    views = list(work)
    assert "Old words?" not in str(views[-1])
    assert "You asked: New words?" in str(views[-1])
    assert page.visit.session.messages[0].text == "New words?"


def test_undo_waits_for_a_stopped_answer_to_end(page: Page) -> None:
    page.handlers.receive({"text": "Hello?", "files": []}, page.visit)
    work = page.worker.work(page.visit)
    for _ in range(3):
        next(work)
    page.handlers.stop(page.visit)
    ending = threading.Timer(0.2, lambda: list(work))
    ending.start()
    page.handlers.undo(page.visit)
    assert page.visit.turns == []
    assert page.visit.session.messages == []


def test_a_closed_tab_ends_the_token_loop(page: Page) -> None:
    page.handlers.receive({"text": "Hello?", "files": []}, page.visit)
    work = page.worker.work(page.visit)
    next(work), next(work)
    work.close()  # type: ignore[attr-defined]
    assert page.pipeline.closed.is_set()
    assert page.visit.job is None
    assert page.visit.stop.is_set()


def test_while_busy_nothing_else_is_taken(page: Page) -> None:
    page.handlers.receive({"text": "First?", "files": []}, page.visit)
    view = page.handlers.receive({"text": "Second?", "files": []}, page.visit)
    assert "still being written" in view["toast"]["text"]
    assert len(page.visit.turns) == 1


def test_switching_the_language_keeps_the_conversation(page: Page, photo: PhotoMaker) -> None:
    page.send("First?", photo())
    page.run(lambda: page.handlers.switch_language("zh", page.visit))
    assert "You asked: First?" in page.chat
    assert "关于照片 1" in page.chat
    assert page.view["composer"]["submit_btn"] == "发送"
    assert "视盘直径" in page.view["findings"]["value"]


def test_a_new_conversation_lets_everything_go(page: Page, photo: PhotoMaker) -> None:
    page.send("First?", photo())
    page.run(lambda: page.handlers.restart(page.visit))
    assert page.chat == ""
    assert page.visit.displays == {}
    assert page.visit.session.analyses == []


def test_the_eleventh_photo_is_refused(page: Page, photo: PhotoMaker) -> None:
    page.send("", *(photo(seed) for seed in range(11)))
    assert "at most 10 photos" in page.chat


def test_user_text_cannot_bring_tags_links_or_pictures_into_the_page(page: Page) -> None:
    page.send("<img src=x onerror=a> ![p](http://evil/a.png) www.evil.org <1% x_y")
    shown = page.view["chat"]["value"][0]["content"]
    assert all(part in shown for part in ("\\<img", "\\](", "http\\://", "www\\."))
    assert "<1% x_y" in shown


@pytest.mark.parametrize("text", ["<b>", "a](b", "http://a.b", "www.a.b", "a@b.c", "C:\\*", "\\<"])
def test_escaping_for_markdown_is_undone_by_its_inverse(text: str) -> None:
    assert unplain(plain(text)) == text


def test_a_message_index_leads_to_its_turn(page: Page) -> None:
    page.send("First?")
    page.send("Second?")
    assert [turn_at(page.visit.turns, n) for n in range(5)] == [0, 0, 1, 1, None]
