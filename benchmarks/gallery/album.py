"""The gallery itself: one page of all pictures, and what axe-core found as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path

from benchmarks.gallery.camera import Picture

_STYLE = """
body { margin: 20px; font: 15px/1.5 system-ui, sans-serif; background: #e2e8f0; color: #0f172a; }
section > div { display: flex; gap: 12px; align-items: flex-start; overflow-x: auto; }
figure { margin: 0; flex: none; }
img { display: block; max-width: none; border: 1px solid #94a3b8; }
figcaption { font-size: 13px; }
.bad { color: #b91c1c; font-weight: 600; }
"""


def write(out: Path, pictures: Sequence[Picture]) -> None:
    """Put index.html and axe.json beside the pictures."""
    told = [asdict(picture) for picture in pictures]
    (out / "axe.json").write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    views = dict.fromkeys((picture.view, picture.language) for picture in pictures)
    sections = "".join(
        f"<section><h2>{escape(view)} · {language}</h2><div>"
        + "".join(_figure(p) for p in pictures if (p.view, p.language) == (view, language))
        + "</div></section>"
        for view, language in views
    )
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title>'
        f"<style>{_STYLE}</style><h1>Gallery</h1><p>{escape(summary(pictures))}</p>{sections}"
    )
    (out / "index.html").write_text(html, encoding="utf-8")


def summary(pictures: Sequence[Picture]) -> str:
    """One sentence on all pictures."""
    grave = sum(len(picture.grave) for picture in pictures)
    other = sum(len(picture.findings) for picture in pictures) - grave
    wider = sum(picture.wider_px > 0 for picture in pictures)
    return (
        f"{len(pictures)} pictures; axe-core: {grave} serious or critical findings, "
        f"{other} others; wider than the screen: {wider}"
    )


def problems(pictures: Sequence[Picture]) -> list[str]:
    """A line for each rule that is gravely broken, and for each picture that is too wide."""
    lines = [f"{p.file}: {p.wider_px} px wider than the screen" for p in pictures if p.wider_px]
    for picture in pictures:
        lines += [f"{picture.file}: {f.rule} ({f.impact}): {f.elements[0]}" for f in picture.grave]
    return lines


def _figure(picture: Picture) -> str:
    found = "; ".join(f"{f.rule} ({f.impact})" for f in picture.findings)
    kind = ' class="bad"' if picture.grave or picture.wider_px else ""
    shown = min(720, picture.width_px)
    dark = " dark" if picture.dark else ""
    return (
        f'<figure><a href="{escape(picture.file)}"><img src="{escape(picture.file)}" '
        f'alt="{escape(picture.view)}" width="{shown}" loading="lazy"></a>'
        f"<figcaption{kind}>{picture.width_px} px{dark} {escape(found)}</figcaption></figure>"
    )
