"""The same work on a Ray cluster: Ray Data hands the photos out, the entries come back as JSON.

Every machine of the cluster needs this repository and the folder of photos at the same paths.
"""

import json
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from demo.screen.entry import Entry
from demo.screen.photos import Photo
from demo.screen.reading import PhotoReader, problem_of
from demo.screen.workers import Source, cores, lost
from vision.errors import ModelError, OphError, ResourceError

LOCAL = "local"  # the address that starts a cluster of this machine alone
_REPOSITORY = Path(__file__).resolve().parents[2]
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # of its own processes; what fails is told in the table
}
_ALONE = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # by this, Ray listens on 127.0.0.1 alone
    # with its reports off, Ray still asks over HTTP whose cloud it is in: nobody listens at port 9
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "no_proxy": "127.0.0.1,localhost",
}
Batch = dict[str, Any]  # column -> array, one photo long


class BatchReader:
    """A Ray actor around `PhotoReader`, made once for all its photos."""

    def __init__(self, reader: PhotoReader) -> None:
        self.reader = reader

    def __call__(self, batch: Batch) -> Batch:
        """JSON of photos -> JSON of their entries, or of the reason why no photo can be read."""
        return {"entry": [self._read(text) for text in batch["photo"]]}

    def _read(self, text: str) -> str:
        try:
            return self.reader(Photo(*json.loads(text))).to_json()
        except OphError as error:
            problem = problem_of(error)
            return json.dumps({"models": problem.key, "values": problem.values, "fatal": True})


def on_ray(reader: PhotoReader, count: int, address: str) -> Source:
    """Read with so many actors of the cluster at `address`.

    The source raises ResourceError where there is no Ray or no cluster, ModelError where the models
    cannot be loaded.
    """
    reader.threads = max(1, cores() // count)

    def source(photos: Sequence[Photo]) -> Iterator[Entry]:
        ray = _connected(address)
        left = {photo.path: photo for photo in photos}
        try:
            for text in _entries(ray, reader, count, photos):
                entry = _entry(text)
                del left[entry.photo.path]
                yield entry
        finally:
            ray.shutdown()
        # what an actor took with it when it died for good
        for photo in left.values():
            yield lost(photo, reader.models, "screen.died")

    return source


def _connected(address: str) -> Any:
    # read by Ray when it is imported, and by every process that it starts
    os.environ.update(_QUIET | _ALONE if address == LOCAL else _QUIET)
    try:
        import ray.data
    except ImportError as error:
        raise ResourceError("screen.no_ray") from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    here: dict[str, Any] = {"include_dashboard": False} if address == LOCAL else {}
    try:
        ray.init(
            address=address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            runtime_env={"env_vars": {"PYTHONPATH": str(_REPOSITORY)}},
            **here,
        )
    except (ConnectionError, ValueError, RuntimeError, OSError) as error:
        raise ResourceError("screen.ray_unreachable", address=address) from error
    return ray


def _entries(ray: Any, reader: PhotoReader, count: int, photos: Sequence[Photo]) -> Iterator[str]:
    """Each photo is a block of its own, so that each comes back when it is read."""
    context = ray.data.DataContext.get_current()
    context.max_errored_blocks = -1  # a photo that kills its actor costs itself alone
    context.enable_progress_bars = False
    items = [{"photo": json.dumps([photo.path, photo.stamp])} for photo in photos]
    done = ray.data.from_items(items, override_num_blocks=len(items)).map_batches(
        BatchReader,
        fn_constructor_args=(reader,),
        batch_size=1,
        num_cpus=reader.threads,
        compute=ray.data.ActorPoolStrategy(size=min(count, len(items))),
    )
    for row in done.iter_rows():
        yield row["entry"]


def _entry(text: str) -> Entry:
    data = json.loads(text)
    if data.get("fatal"):
        raise ModelError(data["models"], **data["values"])
    return Entry.from_json(text)
