"""The words of the tab, explained by the assistant's own passages with their sources."""

from dataclasses import dataclass
from html import escape

from assistant.knowledge import passage, sources
from vision.catalogue import Language, say

# group -> passages, in the order in which a reader of a photo meets the words
_PASSAGES = {
    "lesions": """
        signs.microaneurysm.1 signs.dot_blot_haemorrhage.1 signs.flame_haemorrhage.1
        signs.hard_exudate.1 signs.cotton_wool_spot.1 signs.venous_beading.1 signs.irma.1
        signs.neovascularisation.1
        """,
    "places": """
        anatomy.macula.1 anatomy.fovea.1 anatomy.optic_disc.1 anatomy.disc_diameter.1
        anatomy.cup.1 rules.cdr_07.1 anatomy.quadrants.1
        """,
    "grades": """
        rules.icdr_0.1 rules.icdr_1.1 rules.icdr_2.1 rules.icdr_3.1 rules.icdr_4.1
        rules.rule_421.1 rules.referable_dr.1 dme.visual.1 rules.idrid_dme.1
        """,
}
GROUPS = tuple(_PASSAGES)


@dataclass(frozen=True, slots=True)
class Term:
    """A word, what it means, and who says so."""

    name: str
    text: str
    source: str


def terms(group: str, language: Language) -> tuple[Term, ...]:
    """The words of a group."""
    found = [passage(passage_id) for passage_id in _PASSAGES[group].split()]
    return tuple(
        Term(one.entry.name[language], one.text[language], sources()[one.source]) for one in found
    )


def glossary_html(language: Language) -> str:
    """Every word as something that opens on a click or on Enter, without asking the server."""
    return "".join(_group_html(group, language) for group in GROUPS)


def _group_html(group: str, language: Language) -> str:
    title = escape(say(f"demo.practice.glossary.{group}", language))
    return f"<h3>{title}</h3>" + "".join(
        f'<details class="term"><summary>{escape(_capital(term.name))}</summary>'
        f"<p>{escape(term.text)}</p><p><small>"
        f"{escape(say('demo.practice.glossary.follows', language, source=term.source))}"
        "</small></p></details>"
        for term in terms(group, language)
    )


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
