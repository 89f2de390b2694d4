"""The few public names: light to import, documented, and enough for a program of ten lines."""

import inspect
import re
import subprocess
import sys

import numpy as np
import pytest

import leuko
from leuko.errors import ModelNotFoundError
from tests import ROOT, drawn

NAMES = ["Classifier", "find_cells", "list_models", "load_model", "read_picture"]
HEAVY = ["numpy", "torch", "streamlit", "pandas", "cv2", "PIL", "pydantic", "timm", "scipy"]
MODEL = "e1-cnn-taleqani"
GUIDE = (ROOT / "docs" / "API.md").read_text(encoding="utf-8")


def python(program):
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "smear.png"
    file.write_bytes(drawn.encode(drawn.draw_crop(1, malignant=True, side_px=300), "PNG"))
    return file


def test_the_public_names_are_these_and_no_others():
    assert sorted(leuko.__all__) == sorted([*NAMES, "__version__"])
    assert set(leuko.__all__) <= set(dir(leuko))


def test_importing_the_package_imports_nothing_heavy():
    program = f"import sys, leuko\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    assert python(program) == []


def test_to_name_the_loader_does_not_import_torch():
    program = (
        "import sys, leuko\nleuko.load_model, leuko.read_picture\nprint('torch' in sys.modules)"
    )
    assert python(program) == ["False"]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_documented(name):
    documented = inspect.getdoc(getattr(leuko, name))
    assert documented
    assert "Args:" in documented
    assert name in leuko.__doc__
    assert f"leuko.{name}" in GUIDE


def test_a_misspelt_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="load_modle"):
        leuko.load_modle  # noqa: B018


def test_ten_lines_read_a_picture_ask_a_model_and_find_cells(path):
    picture = leuko.read_picture(str(path))
    model = leuko.load_model(MODEL, ROOT / "weights", device="cpu")
    (result,) = model.classify([picture.pixels])
    mask = leuko.find_cells(picture.pixels)

    assert isinstance(model, leuko.Classifier)
    assert tuple(result.probabilities) == model.card.classes
    assert sum(result.probabilities.values()) == pytest.approx(1)
    assert result.evidence.dtype == np.float32
    assert result.evidence.ndim == 3
    assert len(result.evidence) == len(model.card.classes)
    assert result.evidence.min() >= 0
    assert mask.dtype == np.uint8
    assert mask.shape[0] == mask.shape[1]
    assert set(np.unique(mask)) == {0, 1, 2}


def test_the_example_of_the_guide_runs_as_it_stands(path, monkeypatch, capsys):
    (example,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert len(example.splitlines()) <= 11
    monkeypatch.chdir(path.parent)
    monkeypatch.setenv("LEUKO_WEIGHTS", str(ROOT / "weights"))
    exec(compile(example, "docs/API.md", "exec"), {})
    assert "of the picture is nucleus" in capsys.readouterr().out


def test_a_folder_without_models_says_what_to_do(tmp_path):
    with pytest.raises(ModelNotFoundError, match="LEUKO_WEIGHTS"):
        leuko.load_model(MODEL, tmp_path)


def test_every_shipped_model_is_listed():
    cards = sorted(card.parent.name for card in (ROOT / "weights").glob("*/card.json"))
    assert [model.id for model in leuko.list_models(str(ROOT / "weights")).models] == cards
