"""What writers shorten, dictate or interleave, written out before a report is cut into lines."""

import re
import unicodedata

from assistant.script import simplified

_DICTATED = re.compile(r"\bcomma\b|\bfull stop\b|\bnew (?:paragraph|line)\b")
_ROW_END = re.compile(r"[ \t]\|\|[ \t]")
_POINT = re.compile(r"(?<=\d)·(?=\d)")
_SPOKEN = ((r"\s*\bfull stop\b\.?", "."), (r"\s*\bnew (?:paragraph|line)\b", "\n"),
           (r"(?<=[a-z]) comma(?= [a-z])", ","))  # fmt: skip
_BLED = re.compile(r"ha?emorr?|\bha?emes?\b|DBH|\bblots?\b|bleed|出血|血斑", re.I)
_EXUDED = re.compile(r"exud|\bh?exs?\b|渗", re.I)
_FRAME = {ord(char): "|" for char in "│┃║"} | {
    ord(char): "-" for char in "─━═┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝"
}
_BOX = re.compile(r"\[\s*([^\[\]\s][^\[\]]*?)\s*\]")
_TICKED = "[☐□☑☒✓✔√■]"
_TICKS_FIRST = re.compile(rf"(?m)^(?:[^:：\n☐□☑☒✓✔√■]*[:：])?[ \t\u2003]*{_TICKED}[^\n]*$")
_TICK = re.compile(rf"({_TICKED})\s?([^\s,，;；☐□☑☒✓✔√■]+)")
_LID = re.compile(r"\b([RL])([UL]L)\b")
_HAN_QUARTER = re.compile(r"([左右])([上下])(?= ?\d{1,3} ?%)")
_HAN_LID = re.compile(r"([左右])(?=[上下](?:眼)?睑)")
_EYE = r"(\bO[DS]\b|\b[RL]E?\b|\b[Rr]ight\b|\b[Ll]eft\b|[左右]眼?)"
_NUMBER = r"(\d+(?:\.\d+)?) ?s?"
_AND_MEAN = rf"{_EYE}:? {_NUMBER}[ ,;]*\(?(?:avg|average|mean|平均):? ?{_NUMBER}\)?"
_THEN_MEAN = (  # "5.5 seconds on the right (average 7.9)"
    rf"(?:at )?(\d+(?:\.\d+)?) ?s?(?:ec)?(?:onds)? (?:(?:on|in) the )?{_EYE}"
    r",? ?\(?(?:avg|average|mean|平均):? ?(\d+(?:\.\d+)?) ?s?(?:ec)?(?:onds)?\)?"
)
_BREAKS_FIRST = re.compile(rf"{_THEN_MEAN}[\s,;]+(?:and )?{_THEN_MEAN}")
_WITH_DETAILS = rf"{_EYE}:? ?(\d+) ?(?:um|μm|µm)? ?\(([^()]*\d[^()]*)\)"  # "98 (S 121, N 74)"
_DETAILED = re.compile(rf"{_WITH_DETAILS}[,;/ ]+{_WITH_DETAILS}")
_BREAKS = re.compile(rf"{_AND_MEAN}[\s,;/]+{_AND_MEAN}")


def written_out(text: str) -> str:
    """The text with abbreviations whose meaning hangs on the rest of it as words, case and all."""
    told = _POINT.sub(".", simplified(text).translate(_FRAME).replace("　", " \u2003"))
    told = _ROW_END.sub("\n", unicodedata.normalize("NFKC", told))
    if _DICTATED.search(told):
        told = re.sub(r"\s*\bperiod\b", ".", told)
    for pattern, mark in _SPOKEN:
        told = re.sub(pattern, mark, told)
    told = re.sub(r"\bHEs?\b", _he(told), re.sub(r"\bBE\b", "OU", told), flags=re.A)
    told = _TICKS_FIRST.sub(lambda m: _TICK.sub(r"\2 \1;", m[0]), told)
    told = _BOX.sub(lambda m: m[0] if m[1].lower() in "x✓√*" else f" {m[1]} ", told)
    told = _HAN_QUARTER.sub(r"\1眼\2睑", told)
    told = _HAN_LID.sub(r"\1眼", _LID.sub(r"\1 \2", told))
    told = _DETAILED.sub(r"\1 \2, \4 \5; \1: \3; \4: \6", told)
    told = _BREAKS_FIRST.sub(r"\2 \1, \5 \4; nibut mean \2 \3, \5 \6", told)
    return _BREAKS.sub(r"\1 \2, \4 \5; nibut mean \1 \3, \4 \6", told)


def _he(text: str) -> str:
    """What HE stands for: hard exudates where bleeding goes by another word, else haemorrhages."""
    return "hard exudates" if _BLED.search(text) and not _EXUDED.search(text) else "hemorrhages"
