"""Masks at the photo's full size for other programs: a PNG a class, and COCO's run lengths."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pycocotools import mask as coco
from scipy import ndimage

from segmentation.labels import ANATOMY, LESIONS
from segmentation.patches import label
from segmentation.types import RetinaMap
from vision.catalogue import say
from vision.errors import ResourceError
from vision.types import FundusImage

_WHOLE = (slice(None), slice(None))


def write_masks(image: FundusImage, retina: RetinaMap, folder: Path, name: str) -> None:
    """Write `CODE.png`, 1 bit a pixel, and `annotations.json` for the photo with this file name.

    All in pixels of the photo, held upright. Each lesion is an annotation of its own; disc, cup and
    vessels are one each. What was not seen is in neither. Raises ResourceError.
    """
    anatomy = {"OD": retina.disc, "OC": retina.cup, "VE": retina.vessels}
    masks = {code: retina.lesions[code] for code in LESIONS if code in retina.lesions}
    masks |= {code: mask for code, mask in anatomy.items() if mask is not None}
    document = {
        "info": {"description": "OpenOphGLM", "weights": retina.weights},
        "images": [
            {"id": 1, "file_name": name, "width": image.width, "height": image.height},
        ],
        "categories": [_category(code) for code in masks],
        "annotations": _annotations(masks),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for code, mask in masks.items():
            Image.fromarray(mask).save(folder / f"{code}.png")
        (folder / "annotations.json").write_text(json.dumps(document), encoding="utf-8")
    except OSError as error:
        raise ResourceError("error.cannot_write", path=folder) from error


def _category(code: str) -> dict[str, Any]:
    kind = "lesion" if code in LESIONS else "anatomy"
    key = f"lesion.one.{code}" if code in LESIONS else f"anatomy.{code}"
    number = (*LESIONS, *ANATOMY).index(code) + 1
    return {"id": number, "name": say(key, "en"), "supercategory": kind}


def _annotations(masks: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for code, mask in masks.items():
        if code in LESIONS:
            labels, _ = label(mask)
            windows = enumerate(ndimage.find_objects(labels), 1)
            parts = [(window, labels[window] == number) for number, window in windows]
        else:
            parts = [(_WHOLE, mask)] if mask.any() else []
        for (rows, columns), part in parts:
            runs = _runs(part, rows.start or 0, columns.start or 0, mask.shape)
            found.append({"id": len(found) + 1, "category_id": _category(code)["id"], **runs})
    return found


def _runs(part: np.ndarray, top: int, left: int, shape: tuple[int, ...]) -> dict[str, Any]:
    """A part of a mask, bool, that lies at (top, left) of a photo of this shape, as COCO has it.

    The runs are counted from the part alone: COCO's own encoder would read the photo for each.
    """
    height, width = shape
    columns, rows = np.nonzero(part.T)  # COCO counts down the columns
    places = (columns + left) * height + rows + top
    new = np.diff(places, prepend=-2) != 1
    last = np.append(new[1:], True)
    edges = np.column_stack([places[new], places[last] + 1]).ravel()
    counts = np.diff(edges, prepend=0, append=height * width)
    size = [height, width]
    runs = coco.frPyObjects({"size": size, "counts": counts.tolist()}, height, width)
    return {
        "image_id": 1,
        "segmentation": {"size": size, "counts": runs["counts"].decode("ascii")},
        "area": int(coco.area(runs)),
        "bbox": coco.toBbox(runs).tolist(),  # left, top, width, height
        "iscrowd": 0,
    }
