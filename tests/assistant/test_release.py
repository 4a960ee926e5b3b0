"""Memory given back: python -m pytest tests/assistant/test_release.py"""

import mmap
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.release import release_freed, release_mapped

SIZE = 4_000_000

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "weights with spaces.bin"
    path.write_bytes(b"w" * SIZE)
    return path


def resident_kb(file: Path) -> int:
    """How much of a file's mappings is in this process."""
    told = Path("/proc/self/smaps").read_text(encoding="utf-8")
    return sum(
        int(rss) for rss in re.findall(rf"{re.escape(str(file))}\n(?:.*\n)+?Rss: +(\d+) kB", told)
    )


def test_what_was_read_of_a_mapped_file_leaves_the_process_and_reads_the_same(file: Path) -> None:
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as held:
        assert held[:] == b"w" * SIZE
        assert resident_kb(file) > SIZE / 1024 * 0.9
        release_mapped(file)
        assert resident_kb(file) == 0
        assert held[:] == b"w" * SIZE


def test_what_was_written_to_a_private_mapping_stays(file: Path) -> None:
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY) as held:
        held[:3] = b"own"
        release_mapped(file)
        assert held[:4] == b"ownw"


def test_a_file_that_is_not_mapped_is_no_error(file: Path) -> None:
    release_mapped(file)


def test_freed_pieces_between_kept_ones_leave_the_process() -> None:
    pieces = [bytes(60_000) for _ in range(1000)]  # too small for mappings of their own
    del pieces[::2]
    before = anonymous_kb()
    release_freed()
    assert before - anonymous_kb() > 20_000


def test_threads_share_two_arenas() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _MANY_THREADS], check=True, capture_output=True, text=True
    )
    assert 1 <= int(told.stdout) <= 2


_MANY_THREADS = """
import re, tempfile, threading, ctypes
from assistant.release import share_arenas

share_arenas()
ready = threading.Barrier(9)
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.fopen.restype, libc.malloc_info.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]

def work():
    libc.malloc(1000)
    ready.wait()

for _ in range(8):
    threading.Thread(target=work).start()
ready.wait()
with tempfile.NamedTemporaryFile() as file:
    stream = libc.fopen(file.name.encode(), b"w")
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(len(re.findall(b"<heap nr=", file.read())))
"""


def anonymous_kb() -> int:
    """How much of its own memory this process has."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return int(told.partition("RssAnon:")[2].split()[0])
