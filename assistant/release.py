"""Memory that the process does not need any more, given back to the system (where it is Linux)."""

import ctypes
import sys
from pathlib import Path

_MADV_DONTNEED = 4  # of <sys/mman.h>
_MAPS = Path("/proc/self/maps")


def release_mapped(file: Path) -> None:
    """Drop a mapped file's pages from this process; one that is read again comes from the file.

    Mappings that could be written to are left alone, for their pages may differ from the file.
    """
    if not _MAPS.is_file():  # only Linux has it
        return
    libc, wanted = ctypes.CDLL(None), str(file.resolve())
    for line in _MAPS.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        place, rights, _, _, _, *name = line.split(maxsplit=5)
        if name == [wanted] and "w" not in rights:
            start, end = (int(part, 16) for part in place.split("-"))
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_DONTNEED)


def release_freed() -> None:
    """Give back what was freed in all arenas of glibc's malloc, which keeps it for later."""
    if not sys.platform.startswith("linux"):
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # other C libraries have no such function
        trim(0)
