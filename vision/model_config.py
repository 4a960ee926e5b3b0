"""The config.json of a model folder (vision.weights), read without torch."""

import json
from pathlib import Path
from typing import Any

from vision.errors import ModelError

CONFIG_FILE = "config.json"


def read_config(folder: Path) -> dict[str, Any]:
    """The folder's config.json; raises ModelError where it is missing or not JSON."""
    path = folder / CONFIG_FILE
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError("error.weights_missing", path=path) from error
    except (ValueError, OSError) as error:
        raise ModelError("error.weights_altered", path=path) from error
    return config
