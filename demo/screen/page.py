"""The page of thumbnails beside the table: one HTML file that needs neither network nor server."""

import base64
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assistant.storage import whole_or_nothing
from demo.screen.attention import GROUPS, by_urgency, group
from demo.screen.card import Fact, about, facts
from demo.screen.columns import rows
from demo.screen.entry import Entry
from demo.screen.photos import readable
from vision.catalogue import Language, say
from vision.errors import ResourceError

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Card:
    """One photo on the page."""

    path: str
    photo: str  # address of the photo itself
    thumbnail: str  # address, or the picture itself; "" where there is none
    group: str
    about: str  # which eye, or what else the picture is
    facts: list[Fact]


def write_page(
    page: Path,
    folder: Path,
    entries: Sequence[Entry],
    language: Language,
    thumbnails: Path | None = None,
) -> None:
    """Put the page at `page`; `thumbnails` is a folder to keep them in, None: within the page."""
    copies = {row["path"]: row["duplicate_of"] for row in rows(entries, language)}
    try:
        cards = [
            _card(entry, page.parent, folder, copies[readable(entry.photo.path)], language,
                  _source(entry, page.parent, thumbnails))
            for entry in by_urgency(entries)
        ]  # fmt: skip
        with whole_or_nothing(page) as written:
            written.write_text(_html(cards, folder, language), encoding="utf-8")
    except OSError as error:
        raise ResourceError("error.cannot_write", path=page) from error


def _html(cards: Sequence[Card], folder: Path, language: Language) -> str:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    counts = Counter(card.group for card in cards)
    # our own files, which no photo's name can reach
    style, script = (Markup((_HERE / f"page.{kind}").read_text("utf-8")) for kind in ("css", "js"))  # noqa: S704
    return environment.get_template("page.html").render(
        cards=cards,
        groups=[name for name in GROUPS if counts[name]],
        counts=counts,
        folder=readable(str(folder)),
        written=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        language={"en": "en", "zh": "zh-Hans"}[language],
        say=lambda key, **values: say(key, language, **values),
        style=style,
        script=script,
    )


def _card(
    entry: Entry, here: Path, folder: Path, original: object, language: Language, thumbnail: str
) -> Card:
    told = facts(entry, language)
    if original:
        told.append(Fact(say("screen.duplicate", language, path=original)))
    photo = _address(folder / entry.photo.path, here)
    return Card(
        readable(entry.photo.path), photo, thumbnail, group(entry), about(entry, language), told
    )


def _source(entry: Entry, here: Path, thumbnails: Path | None) -> str:
    """Where the browser finds the thumbnail; written as a file where a folder is given."""
    if not entry.thumbnail or entry.findings is None:
        return ""
    if thumbnails is None:
        return f"data:image/webp;base64,{entry.thumbnail}"
    thumbnails.mkdir(parents=True, exist_ok=True)
    path = thumbnails / f"{entry.findings.image.id}.webp"
    path.write_bytes(base64.b64decode(entry.thumbnail))
    return _address(path, here)


def _address(path: Path, here: Path) -> str:
    """Relative to the page, so that both can be moved together."""
    return quote(os.fsencode(os.path.relpath(path, here)))
