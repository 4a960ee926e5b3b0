"""What the system says in answers whatever the photo: refusals, limits, where to turn."""

from functools import cache

from vision.catalogue import Language, table

_KINDS = ("answer.", "notice.", "outside.", "refuse.", "template.cdr.limit", "template.doctor",
          "template.general", "template.grade.not_certain", "template.lesion.shown",
          "template.limits", "template.periphery", "template.thickness")  # fmt: skip


@cache
def stock(language: Language) -> tuple[str, ...]:
    """The catalogue's whole sentences that follow from no finding and hold no value of one."""
    said = table(language).items()
    return tuple(text for key, text in said if key.startswith(_KINDS) and "{" not in text)
