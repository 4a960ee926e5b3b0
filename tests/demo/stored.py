"""A made-up case for the tests of the store."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.analysis import Analysis
from assistant.conversation import Message
from demo.store import Store
from segmentation.types import Fovea, Grades, RetinaMap
from tests.assistant import factory
from tests.drawing import draw_fundus
from vision.fov import detect
from vision.types import FundusImage

TALK = (
    Message("user", "有出血吗？", (1,), "facts", ("p1",)),
    Message("assistant", "Five haemorrhages.", (1,)),
)
SECRET = "Marker-text-that-must-vanish"


def analysis(seed: int = 0) -> Analysis:
    """A drawn photo with made-up findings, outlines, tokens and heat."""
    pixels = draw_fundus((240, 320), seed=seed)
    masks = {code: np.zeros(pixels.shape[:2], bool) for code in ("MA", "HE", "EX", "SE")}
    masks["HE"][100:120, 100:130] = True
    disc = np.zeros(pixels.shape[:2], bool)
    disc[50:80, 60:90] = True
    grades = Grades((0.1, 0.2, 0.5, 0.1, 0.1), (0.6, 0.3, 0.1), 0.4)
    retina = RetinaMap(masks, disc, None, ~disc, Fovea((3.5, 4.5), 0.9), {"lesions": "5"}, grades)
    image = FundusImage(pixels, "OD")
    found = factory.measured(models={"vision": "c" * 64})
    found = replace(found, image=replace(found.image, id=image.id, width=320, height=240))
    tokens = np.arange(24, dtype=np.float32).reshape(4, 6)
    return Analysis(image, detect(pixels), found, retina, tokens, {"D": np.eye(3)})


def filled(store: Store, code: str = "P-001") -> str:
    """A case with a photo, a talk and feedback; returns its id."""
    case = store.create(code, f"note {SECRET}")
    visit = store.begin_visit(case.id)
    store.put_photo(visit, analysis())
    store.put_messages(visit, (*TALK, Message("user", SECRET)))
    store.give_feedback(case.id, "down", "R-1", corrected=SECRET, finding="lesions.HE")
    return case.id


def again(file: Path) -> Store:
    return Store.open(f"sqlite:///{file}", wait_s=0.2)
