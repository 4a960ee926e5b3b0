"""What the page shows of two photos side by side: the second picture, the choices, the comparison.

Knows no Gradio; as `demo.views`, of which it is a part.
"""

from typing import Any

from demo.compare_table import compare_html
from demo.picture import picture
from demo.visit import Visit
from vision.catalogue import say


def pair_panel(visit: Visit) -> dict[str, dict[str, Any]]:
    """All that has to do with a second photo; hidden where there is none."""
    language, pair, count = visit.language, visit.pair, len(visit.session.analyses)
    modes = [(say(f"demo.pair.{mode}", language), mode) for mode in ("one", "two")]
    view: dict[str, dict[str, Any]] = {
        "pair": {
            "choices": modes,
            "value": "one" if pair is None else "two",
            "label": say("demo.pair.label", language),
            "visible": count > 1,
        },
        "partner": {"visible": pair is not None and count > 2},
        "earlier": {"visible": pair is not None and pair.kind != "eyes"},
        "compare_box": {"visible": pair is not None, "label": say("demo.compare.title", language)},
    }
    if pair is None:
        return view
    beside = pair.other(visit.number)
    others = [n for n in range(1, count + 1) if n != visit.number]
    left, right = (visit.session.analyses[n - 1].findings for n in (pair.left, pair.right))
    view["partner"] |= {
        "choices": [(say("demo.photo.name", language, number=n), n) for n in others],
        "value": beside,
        "label": say("demo.pair.beside", language),
    }
    view["earlier"] |= {
        "choices": [
            (say("demo.compare.earlier_none", language), 0),
            *(
                (say("demo.photo.name", language, number=n), n)
                for n in sorted((beside, visit.number))
            ),
        ],
        "value": pair.left if pair.kind == "visits" else 0,
        "label": say("demo.compare.earlier", language),
    }
    view["compare"] = {"value": compare_html(pair, left, right, language)}
    return view


def beside_picture(visit: Visit) -> dict[str, dict[str, Any]]:
    """The photo beside the one in focus, in the same look and on its side of the screen."""
    pair = visit.pair
    if pair is None:
        return {"beside": {"visible": False, "value": None}}
    number = pair.other(visit.number)
    findings, drawn = visit.session.analyses[number - 1].findings, picture(visit, number)
    eye = say(f"eye.{findings.image.eye}", visit.language)
    return {
        "beside": {
            "visible": True,
            "value": drawn.pixels,
            "alt_text": drawn.alt,
            "label": say("demo.photo.caption", visit.language, number=number, eye=eye),
            "elem_classes": ["view", "first"] if number == pair.left else ["view"],
        }
    }
