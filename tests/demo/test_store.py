"""Cases that outlast the program: python -m pytest tests/demo/test_store.py"""

import io
import json
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.analysis import with_eye
from assistant.conversation import Message
from demo.store import Store
from demo.store_export import to_zip
from tests.demo.stored import SECRET, TALK, again, analysis, filled
from vision.errors import InputError

# ---- what is kept ----


def test_a_case_opens_after_a_restart_just_as_it_was(store: Store, file: Path) -> None:
    case_id, one = filled(store), analysis()
    store.close()
    (visit,) = again(file).case(case_id).visits
    (kept,) = visit.analyses
    assert kept.image == one.image and kept.findings == one.findings
    assert np.array_equal(kept.tokens, one.tokens)
    assert np.array_equal(kept.heat["D"], one.heat["D"])
    assert visit.messages[:2] == TALK


def test_outlines_come_back_to_the_pixel(store: Store) -> None:
    (visit,) = store.case(filled(store)).visits
    kept, given = visit.analyses[0].retina, analysis().retina
    assert kept is not None and given is not None
    assert all(np.array_equal(kept.lesions[code], given.lesions[code]) for code in given.lesions)
    assert np.array_equal(kept.disc, given.disc) and np.array_equal(kept.vessels, given.vessels)
    assert kept.cup is None
    assert (kept.fovea, kept.grades, kept.weights) == (given.fovea, given.grades, given.weights)


def test_a_photo_without_outlines_and_tokens_is_kept_too(store: Store) -> None:
    case = store.create("P-1")
    one = replace(analysis(), retina=None, tokens=None, heat={})
    store.put_photo(store.begin_visit(case.id), one)
    (kept,) = store.case(case.id).visits[0].analyses
    assert kept.retina is None and kept.tokens is None and kept.heat == {}


def test_what_was_outlined_without_a_network_is_kept_too(store: Store) -> None:
    case, mask = store.create("P-1"), np.zeros((240, 320), bool)
    mask[100:140] = True
    for one in (analysis(), replace(analysis(), retina=None)):
        store.put_photo(store.begin_visit(case.id), replace(one, structures={"RB": mask}))
    for visit, retina in zip(store.case(case.id).visits, (True, False), strict=True):
        (kept,) = visit.analyses
        assert np.array_equal(kept.structures["RB"], mask) and bool(kept.retina) == retina


def test_a_conversation_goes_on_where_it_ended(store: Store) -> None:
    (visit,) = store.case(filled(store)).visits
    session = visit.session("c" * 64)
    assert session.analyses[0].tokens is not None and session.messages[:2] == list(TALK)


def test_tokens_of_another_encoder_are_left_out(store: Store) -> None:
    (visit,) = store.case(filled(store)).visits
    session = visit.session("d" * 64)
    assert session.analyses[0].tokens is None and session.analyses[0].findings.dr.grade == 2


def test_the_same_photo_is_kept_once_and_brought_up_to_date(store: Store) -> None:
    case = store.create("P-1")
    visit = store.begin_visit(case.id)
    assert [store.put_photo(visit, analysis(seed)) for seed in (0, 1, 0)] == [1, 2, 1]
    store.put_photo(visit, with_eye(analysis(), "OS"))
    kept = store.case(case.id).visits[0].analyses
    assert [one.findings.image.eye for one in kept] == ["OS", "OD"]


def test_messages_that_were_taken_back_go_and_new_ones_come(store: Store) -> None:
    case = store.create("P-1")
    visit = store.begin_visit(case.id)
    store.put_messages(visit, (*TALK, Message("user", "wrong"), Message("assistant", "no")))
    now = (*TALK, Message("user", "right"))
    store.put_messages(visit, now)
    assert store.case(case.id).visits[0].messages == now


def test_no_metadata_of_the_sent_file_is_kept(store: Store, file: Path) -> None:
    filled(store)
    assert b"Exif" not in file.read_bytes()


def test_only_this_user_can_read_the_file(store: Store, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_file_lies_in_the_data_folder_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("OPENOPHGLM_DB", raising=False)
    Store.open().close()
    assert (tmp_path / "data" / "openophglm" / "cases.db").is_file()
    monkeypatch.setenv("OPENOPHGLM_DB", f"sqlite:///{tmp_path / 'other.db'}")
    Store.open().close()
    assert (tmp_path / "other.db").is_file()


# ---- lists ----


def test_the_case_that_changed_last_comes_first(store: Store) -> None:
    one, _ = store.create("P-1"), store.create("P-2")
    store.set_note(one.id, "seen")
    assert [case.code for case in store.cases()] == ["P-1", "P-2"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("p-0", True),
        (SECRET.lower(), True),
        ("haemorrhages", True),
        ("出血", True),
        ("p-001 RETINOPATHY", True),
        ("soft", False),  # none was found in this photo
        ("%", False),
        ("_", False),
        ("' OR 1=1 --", False),
    ],
)
def test_cases_are_found_by_code_note_and_finding(store: Store, search: str, found: bool) -> None:
    filled(store)
    assert bool(store.cases(search)) == found


def test_the_list_counts_the_photos(store: Store) -> None:
    filled(store)
    assert [case.photos for case in store.cases()] == [1]


# ---- codes ----


@pytest.mark.parametrize("code", ["P-001", "HRF-07", "2024/17", "a1"])
def test_a_short_code_is_taken(store: Store, code: str) -> None:
    assert store.create(f" {code} ").code == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "Wang",
        "Zhang1985",
        "王芳",
        "Li Na 3",
        "13800138000",
        "110101199003078888",
        "P'1",
    ],
)
def test_what_may_be_a_name_or_an_identity_number_is_refused(store: Store, code: str) -> None:
    with pytest.raises(InputError) as caught:
        store.create(code)
    assert "P-017" in caught.value.text("en") and "P-017" in caught.value.text("zh")


def test_a_code_is_taken_once(store: Store) -> None:
    store.create("P-1")
    with pytest.raises(InputError, match="P-1"):
        store.create("P-1")


# ---- feedback ----


def test_feedback_tells_who_judged_what_of_which_weights(store: Store) -> None:
    case_id = filled(store)
    given = store.give_feedback(
        case_id, "up", "R-2", answer="Five.", image_id="i" * 64, models={"vision": "c" * 64}
    )
    newest = store.feedback()[0]
    assert newest == given and newest.models == {"vision": "c" * 64}
    assert len(store.feedback(case_id)) == 2 and store.feedback("another") == ()


def test_feedback_by_a_name_is_refused(store: Store) -> None:
    with pytest.raises(InputError):
        store.give_feedback(filled(store), "up", "Dr Wang")


# ---- deleting and export ----


def test_a_deleted_case_leaves_nothing_on_the_disk(store: Store, file: Path) -> None:
    store.create("P-002", "stays")
    case_id = filled(store, "X-999")
    pixels = analysis().image.pixels
    store.delete(case_id)
    left = b"".join(f.read_bytes() for f in file.parent.iterdir())
    for gone in (SECRET, "X-999", "lesions.HE", "有出血吗", analysis().image.id, case_id, "IHDR"):
        assert gone.encode() not in left, gone
    assert pixels.tobytes()[:64] not in left
    assert [case.code for case in store.cases()] == ["P-002"]
    assert store.feedback() == ()


def test_a_case_that_is_gone_cannot_be_opened_or_changed(store: Store) -> None:
    case_id = filled(store)
    store.delete(case_id)
    for change in (store.case, store.delete, store.begin_visit):
        with pytest.raises(InputError, match="no such case"):
            change(case_id)


def test_a_case_is_exported_with_pictures_masks_and_report(store: Store) -> None:
    data = to_zip(store.case(filled(store)), "zh")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        told = json.loads(archive.read("case.json"))
        page = archive.read("visit-1/report.html").decode()
        assert archive.read("visit-1/photo-1.png").startswith(b"\x89PNG")
        assert archive.read("visit-1/report.pdf").startswith(b"%PDF")
    assert {"visit-1/photo-1.json", "visit-1/photo-1-masks/HE.png"} <= names
    assert told["code"] == "P-001" and told["feedback"][0]["who"] == "R-1"
    assert told["visits"][0]["messages"][0]["text"] == TALK[0].text
    assert "P-001" in page and "有出血吗" in page
