"""The floors of the package: what may import what, and how large a module may be."""

import ast
import itertools
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests import ROOT

PACKAGE = ROOT / "leuko"
MODULES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = sorted({path.parent for path in MODULES})
PARTS = sorted({path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES})
STARTERS = {"__init__", "__main__"}  # of the package itself: they lie above every floor
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
UNPICKLERS = {"pickle", "cloudpickle", "dill", "joblib", "shelve"}
MAX_LINES = 300
MAX_MODULES = 15
SLOW = ("torch", "torchvision", "timm", "lightning")
TORCH_FREE = (
    "arrays", "data", "decision", "differential", "errors", "evaluation", "imaging", "inspection",
    "labels", "reporting", "settings", "statistics", "ui", "workbench",
)  # fmt: skip


def imports(statement, watched=SLOW):
    """Names of the watched packages that a fresh interpreter holds after a statement."""
    program = (
        f"import sys\n{statement}\nprint(*(name for name in {watched} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def modules_of(part):
    """Every module of a package of leuko, or the one module of that name."""
    found = sorted((PACKAGE / part).rglob("*.py")) or [PACKAGE / f"{part}.py"]
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in found
        if path.stem != "__init__"
    ]


def importing(part):
    return "\n".join(f"import {name}" for name in modules_of(part))


def contracts():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    return {contract["name"]: contract for contract in found}


def test_imports_point_down_only_and_only_ui_imports_streamlit():
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert program, "import-linter is missing: pip install -r requirements-dev.txt"
    done = subprocess.run(
        [program, "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_probe_notices_torch():
    assert "torch" in imports("import leuko.models.networks.network")


@pytest.mark.parametrize(
    "statement",
    [
        "import leuko.models.store",
        "import leuko.inference.result",
        "import leuko.cli.main, leuko.cli.models",
    ],
    ids=["store", "result", "cli"],
)
def test_what_the_first_paint_needs_never_imports_torch(statement):
    assert imports(statement) == []


@pytest.mark.parametrize("part", [part for part in PARTS if part not in STARTERS])
def test_a_part_brings_neither_torch_nor_streamlit_unless_it_is_its_work(part):
    torch_free = SLOW if part in TORCH_FREE else ()
    streamlit_free = () if part == "ui" else ("streamlit",)
    assert imports(importing(part), torch_free + streamlit_free) == []


def test_the_probe_notices_streamlit():
    assert imports(importing("ui"), ("streamlit",)) == ["streamlit"]


def test_a_listing_of_models_never_imports_torch():
    run = "from leuko.cli.main import main\nmain(['models', '--weights', 'absent'])"
    assert imports(run) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_no_more_than_300_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_folder_has_no_more_than_15_modules(folder):
    assert len([path for path in folder.glob("*.py") if path.stem != "__init__"]) <= MAX_MODULES


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_says_what_it_is_for(folder):
    assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))


def test_every_part_of_the_package_stands_on_a_floor():
    layers = contracts()["Floors: imports point down only"]["layers"]
    placed = list(itertools.chain.from_iterable(layer.split(" | ") for layer in layers))
    assert sorted(placed) == [f"leuko.{part}" for part in PARTS if part not in STARTERS]


def test_streamlit_is_forbidden_to_every_part_but_ui():
    watched = contracts()["Only ui imports streamlit"]["source_modules"]
    expected = [f"leuko.{part}" for part in PARTS if part not in {*STARTERS, "ui"}]
    assert sorted(watched) == expected


def test_no_module_has_a_name_that_says_nothing():
    parts = {part.lower() for path in MODULES for part in path.relative_to(ROOT).parts}
    assert not {part.removesuffix(".py") for part in parts} & VAGUE_NAMES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_ever_unpickled(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not {alias.name for alias in node.names} & UNPICKLERS
        if isinstance(node, ast.ImportFrom):
            assert node.module not in UNPICKLERS
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
            safe = {word.arg: ast.unparse(word.value) for word in node.keywords}
            assert safe.get("weights_only") == "True"
