"""A pipeline without models: it reads the photo for real, and finds and says what tests expect."""

import io
import threading
import time
from collections.abc import Iterator

import numpy as np
from PIL import Image

from assistant.analysis import Analysis, Reader, Step
from assistant.conversation import Message
from assistant.findings import Findings, ImageInfo
from assistant.pipeline import AnswerEvent
from assistant.session import Session
from segmentation.types import Fovea, RetinaMap
from tests.assistant.factory import findings as made_up
from tests.drawing import draw_fundus, scatter_lesions
from vision.catalogue import Language
from vision.errors import OphError
from vision.fov import detect
from vision.intake import read_image
from vision.types import Eye

SIZE = (480, 640)


def photo_bytes(seed: int = 0, size: tuple[int, int] = SIZE) -> bytes:
    """A drawn fundus as a PNG file."""
    pixels = draw_fundus(size, seed, scatter_lesions(size, seed))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _retina(lesions: dict[str, np.ndarray]) -> RetinaMap:
    """The lesions of a photo that shows the disc and the fovea, no cup, and no vessels."""
    height, width = lesions["MA"].shape
    disc = np.zeros((height, width), bool)
    disc[height // 3 : height // 2, width // 5 : width // 3] = True
    fovea = Fovea((0.6 * width, 0.5 * height), 0.9)
    return RetinaMap(lesions, disc, None, None, fovea, {"lesions": "34" * 32})


def _heat(place: int) -> np.ndarray:
    """One hot cell of 3 x 3, another for each disease."""
    plane = np.zeros(9, np.float32)
    plane[place] = 2
    return plane.reshape(3, 3)


class FakePipeline:
    """Answers by repeating the question and naming the photo in focus; `delay_s` between words."""

    def __init__(self, delay_s: float = 0.0, findings: Findings | None = None) -> None:
        self.delay_s = delay_s
        self.findings = findings
        self.fail_answer: Exception | None = None
        self.fail_analysis: Exception | None = None
        self.asked: list[str] = []
        self.analysed = 0
        self.ahead: list[int] = []  # how many messages were there each time it read ahead
        self.sources: tuple[str, ...] = ()  # of every answer
        self.closed = threading.Event()
        self.problems: list[OphError] = []
        self.speaker = self.intents = None
        self.reader, self.models = Reader(None, None), {"projector": "12" * 32}

    def read_ahead(self, session: Session, language: Language, stop: threading.Event) -> None:
        """Note that it was called."""
        self.ahead.append(len(session.messages))

    def analyze(self, data: bytes, eye: Eye = "unknown") -> Iterator[Step | Analysis]:
        """The four steps, then made-up findings with the drawn masks of the same size."""
        self.analysed += 1
        image = read_image(data, eye)
        for name in ("intake", "quality", "diseases", "lesions"):
            yield Step(name, "running", 0.0)
            time.sleep(self.delay_s)
            if self.fail_analysis is not None:
                raise self.fail_analysis
            yield Step(name, "done", self.delay_s)
        masks = {
            code: np.zeros((image.height, image.width), bool) for code in ("MA", "HE", "EX", "SE")
        }
        for place, code in enumerate(("MA", "HE", "EX"), 2):
            top, left = image.height * place // 7, image.width // 2
            masks[code][top : top + image.height // 20, left : left + image.height // 20] = True
        info = ImageInfo(image.id, "cfp", eye, image.width, image.height)
        found = self.findings or made_up(image=info)
        retina = None if found.lesions is None else _retina(masks)
        tokens = np.zeros((1, 4), np.float32)
        heat = {score.code: _heat(n) for n, score in enumerate(found.diseases or ())}
        yield Analysis(image, detect(image.pixels), found, retina, tokens, heat)

    def ask(
        self, session: Session, question: str, language: Language, stop: threading.Event
    ) -> Iterator[AnswerEvent]:
        """Two sentences, word by word, the second one ending with the question itself."""
        self.asked.append(question)
        about = (session.active + 1,) if session.analyses else ()
        sentences = ("I looked at it again.", f"You asked: {question}")
        shown, words = "", 0
        try:
            for sentence in sentences:
                pending = ""
                for word in sentence.split():
                    if stop.is_set():
                        break
                    time.sleep(self.delay_s)
                    if self.fail_answer is not None:
                        raise self.fail_answer
                    pending, words = f"{pending} {word}".strip(), words + 1
                    yield AnswerEvent(shown, pending, False, about, 0, 0, None, 0.1, words)
                if stop.is_set():
                    break
                shown = f"{shown} {sentence}".strip()
        finally:
            self.closed.set()
        session.messages.append(Message("user", question, about))
        session.messages.append(Message("assistant", shown, about))
        yield AnswerEvent(shown, "", True, about, 0, 0, None, 0.1, words, self.sources)
