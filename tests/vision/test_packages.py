"""Fetching packages as data: python -m pytest tests/vision/test_packages.py"""

from pathlib import Path

import pytest

from vision import packages
from vision.errors import ModelError, ResourceError


def test_a_package_that_is_there_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x-1.whl").write_bytes(b"data")
    monkeypatch.setattr(packages, "pip_download", lambda *a: pytest.fail("fetched"))
    digest = packages.sha256_of(tmp_path / "x-1.whl")
    assert packages.kept("x==1", "x-1.whl", digest, tmp_path) == tmp_path / "x-1.whl"


def test_an_altered_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x-1.whl").write_bytes(b"other")
    with pytest.raises(ModelError):
        packages.kept("x==1", "x-1.whl", "0" * 64, tmp_path)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE", "SHA-256 differs"),
        ("OSError: [Errno 28] No space left on device", "disk became full"),
        ("ERROR: No matching distribution found", "Could not fetch"),
    ],
)
def test_what_pip_says_becomes_one_sentence(
    output: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = type("R", (), {"returncode": 1, "stdout": "", "stderr": output})
    monkeypatch.setattr(packages.subprocess, "run", lambda *a, **k: result)
    with pytest.raises((ModelError, ResourceError), match=expected):
        packages.pip_download("x==1 --hash=sha256:0", tmp_path)
    assert list(tmp_path.iterdir()) == []
