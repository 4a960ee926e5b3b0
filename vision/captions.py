"""Short English captions from labels, for the contrastive part of the encoder's training."""

import random
from collections.abc import Sequence

# several expert-style phrases per ODIR code, so that the text tower sees no one fixed sentence
PHRASES: dict[str, tuple[str, ...]] = {
    "N": ("a normal fundus", "a healthy retina", "no visible abnormality"),
    "D": ("diabetic retinopathy", "signs of diabetes", "microaneurysms and haemorrhages"),
    "G": ("glaucoma", "an enlarged optic cup", "glaucomatous optic neuropathy"),
    "C": ("cataract", "a view hazed by lens opacity", "media opacity from cataract"),
    "A": ("age-related macular degeneration", "macular drusen or atrophy", "AMD"),
    "H": ("hypertensive retinopathy", "arteriolar narrowing from hypertension"),
    "M": ("pathologic myopia", "myopic chorioretinal atrophy", "a myopic tessellated fundus"),
    "O": ("another retinal abnormality", "an abnormality outside the main classes"),
}  # fmt: skip
FORMS = ("a fundus photograph showing {}", "retinal photo with {}", "{}", "this eye has {}")


def caption(codes: Sequence[str], rng: random.Random) -> str:
    """One drawn caption for an eye with the given disease codes."""
    named = " and ".join(rng.choice(PHRASES[code]) for code in codes)
    return rng.choice(FORMS).format(named or "a retina")
