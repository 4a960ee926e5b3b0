"""Short English captions from labels, for the contrastive part of the encoder's training."""

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from vision.data import Record

# our own phrases per ODIR code, so that the text tower sees no one fixed sentence; the zero-shot
# evaluation asks with these
PHRASES: Mapping[str, tuple[str, ...]] = {
    "N": ("a normal fundus", "a healthy retina", "no visible abnormality"),
    "D": ("diabetic retinopathy", "signs of diabetes", "microaneurysms and haemorrhages"),
    "G": ("glaucoma", "an enlarged optic cup", "glaucomatous optic neuropathy"),
    "C": ("cataract", "a view hazed by lens opacity", "media opacity from cataract"),
    "A": ("age-related macular degeneration", "macular drusen or atrophy", "AMD"),
    "H": ("hypertensive retinopathy", "arteriolar narrowing from hypertension"),
    "M": ("pathologic myopia", "myopic chorioretinal atrophy", "a myopic tessellated fundus"),
    "O": ("another retinal abnormality", "an abnormality outside the main classes"),
}
FORMS = ("a fundus photograph showing {}", "retinal photo with {}", "{}", "this eye has {}")
OCT_PHRASES: Mapping[str, tuple[str, ...]] = {
    "AMD": ("age-related macular degeneration", "drusen or fluid under the retina"),
    "DME": ("diabetic macular edema", "cysts and fluid within the retina"),
    "ERM": ("an epiretinal membrane", "a bright membrane on the retina"),
    "NO": ("a normal macula", "regular retinal layers"),
    "RAO": ("retinal artery occlusion", "bright thickened inner layers"),
    "RVO": ("retinal vein occlusion", "edema from a vein occlusion"),
    "VID": ("vitreomacular traction", "the vitreous pulling at the macula"),
}
OCT_FORMS = ("an OCT scan showing {}", "optical coherence tomography with {}", "OCT: {}")

_NOTHING = ("lens dust", "no fundus image", "low image quality", "anterior segment image")
# a keyword of ODIR -> its entry in FLAIR's dictionary of expert phrases
_EXPERT = {
    "normal fundus": "normal",
    "mild nonproliferative": "mild diabetic retinopathy",
    "moderate non": "moderate diabetic retinopathy",
    "severe nonprolif": "severe diabetic retinopathy",
    "proliferative diabetic": "proliferative diabetic retinopathy",
    "diabetic retinopathy": "diabetic retinopathy",
    "cataract": "cataract",
    "glaucoma": "glaucoma",
    "pathological myopia": "pathologic myopia",
    "drusen": "drusens",
    "epiretinal membrane": "epiretinal membrane",
    "hypertensive": "hypertensive retinopathy",
    "media opacity": "media haze",
    "dry age": "age related macular degeneration",
    "wet age": "neovascular age related macular degeneration",
    "myelinated": "myelinated nerve fibers",
    "branch retinal vein": "branch retinal vein occlusion",
    "laser": "laser scar",
}
# a disease -> the entries of FLAIR's dictionary whose phrases tell what an expert looks for
_SEEN_IN: Mapping[str, tuple[str, ...]] = {
    "N": ("normal", "normal macula"),
    "D": (
        "mild diabetic retinopathy",
        "moderate diabetic retinopathy",
        "severe diabetic retinopathy",
    ),
    "G": ("glaucoma", "optic disc cupping"),
    "C": ("cataract", "media haze"),
    "A": ("age related macular degeneration", "drusens"),
    "H": ("hypertensive retinopathy",),
    "M": ("pathologic myopia", "myopic maculopathy grade two"),
    "O": ("epiretinal membrane", "branch retinal vein occlusion", "laser scar"),
}


def read_experts(path: Path) -> dict[str, list[str]]:
    """FLAIR's expert phrases by condition (Silva-Rodriguez et al., Medical Image Analysis 2025)."""
    definitions: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))["definitions"]
    return definitions


def disease_phrases(experts: Mapping[str, Sequence[str]], count: int) -> dict[str, tuple[str, ...]]:
    """Of each disease `count` phrases: our name for it, then the experts', entries in turn."""
    found = {}
    for code, entries in _SEEN_IN.items():
        listed = [list(experts[entry]) for entry in entries]
        most = max(map(len, listed))
        turns = [phrases[n] for n in range(most) for phrases in listed if n < len(phrases)]
        every = [PHRASES[code][0], *dict.fromkeys(turns), *PHRASES[code][1:]]
        found[code] = tuple(every[n % len(every)] for n in range(count))
    return found


def findings_of(record: Record) -> tuple[str, ...]:
    """What a caption of this image can speak of; images of equal findings match each other."""
    if record.oct_class:
        return ("oct", record.oct_class)
    return tuple(sorted(k for k in record.keywords if k not in _NOTHING))


def caption(record: Record, experts: Mapping[str, Sequence[str]], rng: random.Random) -> str:
    """One drawn caption: keywords, our phrases or the experts', in a drawn form."""
    if record.oct_class:
        return rng.choice(OCT_FORMS).format(rng.choice(OCT_PHRASES[record.oct_class]))
    words = [_worded(keyword, experts, rng) for keyword in findings_of(record)]
    return rng.choice(FORMS).format(" and ".join(words))


def _worded(keyword: str, experts: Mapping[str, Sequence[str]], rng: random.Random) -> str:
    choices = [keyword]
    for part, condition in _EXPERT.items():
        if part in keyword:
            choices += [condition, rng.choice(list(experts[condition]))]
            break
    return rng.choice(choices)
