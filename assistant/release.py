"""Memory that the process does not need any more, given back to the system (where it is Linux)."""

import ctypes
import sys
from pathlib import Path

_MADV_DONTNEED = 4  # of <sys/mman.h>
_M_ARENA_MAX = -8  # of glibc's <malloc.h>
_ARENAS = 2
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
    _glibc("malloc_trim", 0)


def share_arenas() -> None:
    """Let all threads allocate from two arenas: one each keeps what other threads could use.

    Call before threads are started; it has no effect on those that have an arena.
    """
    _glibc("mallopt", _M_ARENA_MAX, _ARENAS)


def _glibc(name: str, *numbers: int) -> None:
    """Call one of glibc's own functions; nothing where there is another C library."""
    if sys.platform.startswith("linux"):
        function = getattr(ctypes.CDLL(None), name, None)
        if function is not None:
            function(*numbers)
