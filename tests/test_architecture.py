"""The shape of the project: python -m pytest tests/test_architecture.py"""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from vision.catalogue import LANGUAGES, table

ROOT = Path(__file__).parents[1]
PARTS = ("vision", "segmentation", "assistant", "instruct_data", "demo")
MAY_IMPORT = {
    "vision": set(),
    "segmentation": {"vision"},
    "assistant": {"vision", "segmentation"},
    "instruct_data": {"vision", "segmentation", "assistant"},
    "demo": {"vision", "segmentation", "assistant"},
}
# the commands that measure: the grade that is told rests on lesions too, drawn reports are read
ASKS_LATER = {
    "vision/evaluate.py": {"segmentation"},
    "assistant/impression/evaluate.py": {"instruct_data"},
}
ONLY_IN = {
    "gradio": {"demo"},
    "peft": {"assistant"},
    "segmentation_models_pytorch": {"segmentation"},
    "open_clip": {"vision"},
    "timm": {"vision"},
}


def tracked() -> list[str]:
    """Files of the project: what git has, or would take."""
    out = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],  # noqa: S607
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [f for f in out.stdout.splitlines() if (ROOT / f).is_file()]


def sources(part: str) -> list[Path]:
    return sorted((ROOT / part).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("part", PARTS)
def test_a_part_imports_only_what_lies_before_it(part: str) -> None:
    for path in sources(part):
        may = MAY_IMPORT[part] | ASKS_LATER.get(path.relative_to(ROOT).as_posix(), set())
        wrong = (imports(path) & set(PARTS)) - may - {part}
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_heavy_library_stays_in_its_part(library: str) -> None:
    for part in set(PARTS) - ONLY_IN[library]:
        for path in sources(part):
            assert library not in imports(path), f"{path.relative_to(ROOT)} imports {library}"


FORBIDDEN = [  # pattern, files that may hold it, reason
    (
        r"\bImage\.open\(",
        r"(vision/(intake|decoder|degrade)|\w+/data|segmentation/sets)\.py",
        "untrusted",
    ),
    (r"\btorch\.load\(", r"vision/imagenet\.py", "pickle"),
    (r"(?m)^\s*(?:import|from) (?:pickle|joblib|marshal|shelve)\b", r"$^", "pickle"),
    (r"\beval\(\s*[\"'a-z_]+\s*\)|(?<!\.)\bexec\(", r"$^", "runs text"),
    (
        r"import (requests|httpx|urllib\.request)|from (requests|httpx|urllib\.request)",
        r"$^",
        "net",
    ),
    (r"share\s*=\s*True|verify\s*=\s*False|[\"']0\.0\.0\.0[\"']", r"$^", "exposes"),
]


@pytest.mark.parametrize(("pattern", "allowed", "reason"), FORBIDDEN)
def test_what_is_dangerous_stands_in_one_place_or_none(
    pattern: str, allowed: str, reason: str
) -> None:
    for part in PARTS:
        for path in sources(part):
            name = path.relative_to(ROOT).as_posix()
            if not re.fullmatch(allowed, name):
                found = re.search(pattern, path.read_text(encoding="utf-8"))
                assert not found, f"{name}: {found and found[0]} ({reason})"


def test_no_file_is_longer_than_400_lines() -> None:
    for part in (*PARTS, "tests", "benchmarks"):
        for path in sources(part):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= 400, f"{path.relative_to(ROOT)} has {lines} lines"


def test_weights_are_safetensors_under_50_mb_each_with_config_and_card() -> None:
    for name in tracked():
        path = ROOT / name
        assert path.suffix not in {".pth", ".pt", ".bin", ".ckpt", ".pkl", ".onnx"}, name
        assert path.stat().st_size < 50e6, name
        if path.suffix == ".safetensors":
            assert (path.parent / "config.json").is_file(), name
            assert (path.parent / "README.md").is_file(), name


def test_both_languages_have_the_same_keys_and_fields() -> None:
    english, chinese = (table(language) for language in LANGUAGES)
    assert set(english) == set(chinese)
    for key, text in english.items():
        fields = set(re.findall(r"\{(\w+)", text))
        assert fields == set(re.findall(r"\{(\w+)", chinese[key])), key


def test_every_key_that_the_code_names_is_in_the_catalogue() -> None:
    prefixes = {key.split(".")[0] for key in table("en")}
    pattern = re.compile(rf'"((?:{"|".join(sorted(prefixes))})(?:\.[a-zA-Z0-9_]+)+)"')
    files = (".py", ".json", ".jsonl", ".css", ".js", ".md", ".onnx")
    for part in PARTS:
        for path in sources(part):
            for key in pattern.findall(path.read_text(encoding="utf-8")):
                if not key.endswith(files):  # the page's own keys are named without "demo."
                    known = {key, f"demo.{key}"} & set(table("en"))
                    assert known, f"{path.relative_to(ROOT)} names {key}"


def test_the_readme_tree_is_the_tree() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.split("<!-- tree -->")[1]
    told = set(re.findall(r"^\s*([\w./-]+\.py)\b", block, re.M))
    files = [(part, f) for part in PARTS for f in sources(part) if f.name != "__init__.py"]
    parts = {f.relative_to(ROOT / part).as_posix() for part, f in files}
    assert told == parts, f"missing {parts - told}, stale {told - parts}"


def test_every_module_is_imported_or_run() -> None:
    text = "\n".join(
        (ROOT / f).read_text(encoding="utf-8")
        for f in tracked()
        if f.endswith((".py", ".md", "Makefile", ".toml")) or f == ".ci/run"
    )
    for part in PARTS:
        for path in sources(part):
            if path.stem.startswith("__"):
                continue
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            package, _, stem = dotted.rpartition(".")
            named = re.search(
                rf"\b{re.escape(dotted)}\b|from {re.escape(package)} import [^\n]*\b{stem}\b", text
            )
            assert named, f"nobody imports or runs {dotted}"
