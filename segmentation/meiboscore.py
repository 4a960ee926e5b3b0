"""Glands into numbers: their share of the lid, how much is lost, and the meiboscore.

The meiboscore grades a lid by the area in which glands are lost: 0 none, 1 up to a third, 2 up to
two thirds, 3 more (Arita et al., Ophthalmology 2008).
"""

import numpy as np

from segmentation.types import GlandLoss, Meibography

_NONE_BELOW = 0.05  # the method cannot tell less from none
_THIRDS = (1 / 3, 2 / 3)


def measure_glands(seen: Meibography) -> GlandLoss:
    """Shares of the tarsal area; lost is what lies farther from any gland than glands do apart."""
    area = int(seen.tarsus.sum())
    lost = 1 - float((seen.near & seen.tarsus).sum()) / area
    return GlandLoss(
        gland_share=round(float(seen.glands.sum()) / area, 3),
        lost_share=round(lost, 3),
        meiboscore=0 if lost < _NONE_BELOW else 1 + int(np.digitize(lost, _THIRDS, right=True)),
    )
