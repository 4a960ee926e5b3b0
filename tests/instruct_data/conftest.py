"""Libraries that keep files for themselves keep them in the project's own cache."""

import os
from pathlib import Path

_CACHE = Path(__file__).parents[2] / ".cache"
os.environ.setdefault("MPLCONFIGDIR", str(_CACHE / "matplotlib"))
os.environ.setdefault("CROISSANT_CACHE", str(_CACHE / "croissant"))
