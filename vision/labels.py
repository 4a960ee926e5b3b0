"""The label set of the disease classifier (ODIR-5K's eight) and the ICDR grades."""

from collections.abc import Sequence

# order of the classifier's outputs; names live in the catalogue under disease.<code>
DISEASES: tuple[str, ...] = ("N", "D", "G", "C", "A", "H", "M", "O")

# International Clinical Diabetic Retinopathy severity scale, Wilkinson et al., Ophthalmology 2003
ICDR_GRADES: tuple[int, ...] = (0, 1, 2, 3, 4)
REFERABLE_FROM_GRADE = 2  # moderate NPDR or worse, the usual screening cut-off


def grade_of(probabilities: Sequence[float]) -> int:
    """Grade probabilities (5,) -> the median grade: the call with the least expected distance.

    The likeliest grade would call 0 where 0 has 42 %, and the grades above it together 58 %.
    """
    total = 0.0
    for grade in ICDR_GRADES:
        total += probabilities[grade]
        if total >= 0.5:
            return grade
    return ICDR_GRADES[-1]
