"""Photos of requests: out of data URLs, and their analyses kept for the next turn.

A conversation comes whole with every request, so its photos come again and again.
"""

import binascii
import hashlib
import re
import threading
from base64 import b64decode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cachetools import TTLCache

from assistant.analysis import Analysis
from demo.api.errors import ApiError
from vision.errors import InputError
from vision.intake import MAX_BYTES
from vision.types import Eye

if TYPE_CHECKING:
    from assistant.pipeline import Pipeline

_DATA_URL = re.compile(r"data:[^,]{0,200};base64,", re.I)


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of an image file, and which eye it shows where the sender said so."""

    data: bytes
    eye: Eye = "unknown"


def picture(url: str, eye: Eye, param: str) -> Picture:
    """The picture in a data URL; any other address is refused, for nothing here opens one."""
    start = _DATA_URL.match(url)
    if start is None:
        raise ApiError(400, "api.error.address", param=param)
    if len(url) - start.end() > MAX_BYTES * 4 // 3 + 4:
        most, found = MAX_BYTES // 1_000_000, (len(url) - start.end()) * 3 / 4e6
        raise InputError("intake.too_large", found_mb=f"{found:.1f}", most_mb=most)
    try:
        return Picture(b64decode(url[start.end() :].encode("ascii"), validate=True), eye)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ApiError(400, "api.error.base64", param=param) from error


class PhotoMemory:
    """Analyses by the bytes they are of, bounded in bytes and in time; the oldest go first."""

    def __init__(self, most_bytes: int, kept_s: float) -> None:
        self._lock = threading.Lock()
        self._kept: TTLCache[tuple[bytes, Eye], Analysis] = TTLCache(
            most_bytes, kept_s, getsizeof=lambda analysis: analysis.image.pixels.nbytes
        )

    def read(self, pipeline: "Pipeline", photo: Picture, stop: threading.Event) -> Analysis | None:
        """The analysis of a photo, from memory where it is known; None where `stop` came first.

        Masks and heat maps are let go: findings and visual tokens are all that an answer needs.
        """
        key = (hashlib.sha256(photo.data).digest(), photo.eye)
        with self._lock:
            known = self._kept.get(key)
        if known is not None:
            return known
        for item in pipeline.analyze(photo.data, photo.eye):
            if isinstance(item, Analysis):  # kept even so: who gave up may ask again
                known = replace(item, retina=None, heat={})
                with self._lock:
                    self._kept[key] = known
            elif stop.is_set():
                return None
        return known

    def forget_old(self) -> None:
        """Let go of what nobody came back for; else it would stay until the next photo comes."""
        with self._lock:
            self._kept.expire()
