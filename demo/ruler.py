"""What the browser needs to measure on a photo and to enlarge it: sizes, the disc, and the words.

The measuring itself is `viewer.js`: two clicks must not wait for a server. A photo has no scale in
millimetres, so lengths are in disc diameters, and in pixels of the photo as it was sent.
"""

import json
from collections.abc import Mapping
from html import escape

from assistant.findings import Findings
from vision.catalogue import Language, say

_TOOLS = ("enlarge", "measure", "bar", "clear")
_SAID = ("first", "second", "both", "px_only", "no_disc")


def tools_html(
    photos: Mapping[str, tuple[int, Findings]], sharp_px: int, language: Language
) -> str:
    """The buttons below the photos.

    `photos` has the number and the findings of each, by the name of the component that shows it;
    `sharp_px` is the long side that an enlarged photo has at most.
    """
    facts = {
        name: {
            "number": number,
            "width": findings.image.width,
            "height": findings.image.height,
            "disc": findings.anatomy.disc and findings.anatomy.disc.diameter_px,
            "sharp": min(sharp_px, max(findings.image.width, findings.image.height)),
        }
        for name, (number, findings) in photos.items()
    }
    buttons = "".join(
        f'<button type="button" data-tool="{tool}" {_state(tool)}>'
        f"{escape(say(f'demo.tool.{tool}', language))}</button>"
        for tool in _TOOLS
    )
    said = {key: say(f"demo.ruler.{key}", language, disc="{disc}", px="{px}") for key in _SAID}
    return (
        f'<div id="tools" data-photos="{escape(json.dumps(facts))}" '
        f'data-said="{escape(json.dumps(said, ensure_ascii=False))}">{buttons}'
        '<output aria-live="polite"></output></div>'
    )


def _state(tool: str) -> str:
    return "hidden" if tool == "clear" else 'aria-pressed="false"'
