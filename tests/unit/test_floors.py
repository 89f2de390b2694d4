"""The floors of the package: what may import what, and how large a module may be."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT

PACKAGE = ROOT / "leuko"
MODULES = sorted(PACKAGE.rglob("*.py"))
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
UNPICKLERS = {"pickle", "cloudpickle", "dill", "joblib", "shelve"}
MAX_LINES = 400
SLOW = ("torch", "torchvision", "timm", "lightning")


def imports(statement):
    """Names of the slow packages that a fresh interpreter holds after a statement."""
    program = f"import sys\n{statement}\nprint(*(name for name in {SLOW} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def modules_of(package):
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((PACKAGE / package).rglob("*.py"))
        if path.stem != "__init__"
    ]


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
        "\n".join(f"import {name}" for name in modules_of("evaluation")),
        "\n".join(f"import {name}" for name in [*modules_of("imaging"), *modules_of("data")]),
        "\n".join(f"import {name}" for name in modules_of("ui")),
    ],
    ids=["store", "result", "cli", "evaluation", "imaging and data", "ui"],
)
def test_what_the_first_paint_needs_never_imports_torch(statement):
    assert imports(statement) == []


def test_a_listing_of_models_never_imports_torch():
    run = "from leuko.cli.main import main\nmain(['models', '--weights', 'absent'])"
    assert imports(run) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_shorter_than_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < MAX_LINES


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
