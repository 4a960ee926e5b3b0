"""The label set of the disease classifier (ODIR-5K's eight) and the ICDR grades."""

# order of the classifier's outputs; names live in the catalogue under disease.<code>
DISEASES: tuple[str, ...] = ("N", "D", "G", "C", "A", "H", "M", "O")

# International Clinical Diabetic Retinopathy severity scale, Wilkinson et al., Ophthalmology 2003
ICDR_GRADES: tuple[int, ...] = (0, 1, 2, 3, 4)
REFERABLE_FROM_GRADE = 2  # moderate NPDR or worse, the usual screening cut-off
