"""What the encoder decides: the label set of every head, in the order of its outputs."""

from collections.abc import Mapping, Sequence

from vision.types import Modality

# order of the classifier's outputs; names live in the catalogue under disease.<code>
DISEASES: tuple[str, ...] = ("N", "D", "G", "C", "A", "H", "M", "O")

# what ODIR's graders wrote of an eye: of use to learn from, and to say what "other" (O) may be
SIGNS: Mapping[str, tuple[str, ...]] = {  # code -> words in the keywords of an eye
    "ERM": ("epiretinal membrane",),
    "drusen": ("drusen",),
    "opacity": ("refractive media opacity",),
    "vitreous": ("vitreous degeneration", "asteroid"),
    "myelinated": ("myelinated",),
    "RVO": ("vein occlusion",),
    "dry_AMD": ("dry age-related",),
    "wet_AMD": ("wet age-related",),
    "laser": ("laser",),
    "maculopathy": ("maculopathy", "macular hole", "chorioretin", "retinitis"),
}

# OCTDL: AMD, diabetic edema, epiretinal membrane, normal, artery and vein occlusion, vitreomacular
OCT_CLASSES: tuple[str, ...] = ("AMD", "DME", "ERM", "NO", "RAO", "RVO", "VID")

# colour fundus photo, OCT B-scan, ocular surface (meibography), anything else
MODALITIES: tuple[Modality, ...] = ("cfp", "oct", "osa", "other")

# what spoils a photo, each with a severity 0..1 (vision.degrade)
SPOILERS: tuple[str, ...] = (
    "dark", "bright", "low_contrast", "blurred", "out_of_field", "artefact",
)  # fmt: skip

# International Clinical Diabetic Retinopathy severity scale, Wilkinson et al., Ophthalmology 2003
ICDR_GRADES: tuple[int, ...] = (0, 1, 2, 3, 4)
DME_RISKS: tuple[int, ...] = (0, 1, 2)  # by hard exudates, Porwal et al., Data 2018
REFERABLE_FROM_GRADE = 2  # moderate NPDR or worse, the usual screening cut-off


def grade_of(probabilities: Sequence[float]) -> int:
    """Probabilities of grades 0.. -> the median grade: the call with the least expected distance.

    The likeliest grade would call 0 where 0 has 42 %, and the grades above it together 58 %.
    """
    total = 0.0
    for grade, probability in enumerate(probabilities):
        total += probability
        if total >= 0.5:
            return grade
    return len(probabilities) - 1


HEADS: Mapping[str, tuple[str, ...]] = {  # head -> its labels
    "modality": MODALITIES,
    "quality": SPOILERS,
    "disease": DISEASES,
    "sign": tuple(SIGNS),
    "dr": tuple(map(str, ICDR_GRADES)),
    "dme": tuple(map(str, DME_RISKS)),
    "oct": OCT_CLASSES,
}
