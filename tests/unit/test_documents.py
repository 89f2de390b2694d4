"""The documents at the top of the repository say what is so."""

import importlib.util
import re

import pytest
from PIL import Image

from tests import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = {
    "streamlit run app.py": "pip install -r requirements.txt && streamlit run app.py",
    "python -m pytest": "pip install -r requirements-dev.txt && python -m pytest",
}
SCREENSHOTS = sorted((ROOT / "docs" / "images").glob("*.png"))
MOST_BYTES = 400_000
LOCAL_LINK = re.compile(r"\]\((?!https?://)([^)#]+)")


def model_table_script():
    path = ROOT / "docs" / "model_table.py"
    specification = importlib.util.spec_from_file_location("leuko_docs_model_table", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_table_of_models_is_what_its_script_computes():
    script = model_table_script()
    assert script.block_of(README) == script.model_table(), (
        "run: python docs/model_table.py --write"
    )


def test_every_shipped_model_is_described_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    shipped = [path.parent.name for path in (ROOT / "weights").glob("*/card.json")]
    assert [name for name in shipped if f"`{name}`" not in changelog] == []


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_stands_alone_in_its_block_and_nowhere_before(words):
    lines = README.splitlines()
    place = next(number for number, line in enumerate(lines) if words in line)
    assert lines[place - 1 : place + 2] == ["```", COMMANDS[words], "```"]


@pytest.mark.parametrize("path", SCREENSHOTS, ids=lambda path: path.name)
def test_a_screenshot_is_small_and_as_wide_as_a_page(path):
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.width == 1280


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_local_link_leads_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    missing = [link for link in LOCAL_LINK.findall(text) if not (ROOT / link).exists()]
    assert missing == []


def test_a_model_without_held_out_results_is_listed_and_says_so(tmp_path):
    from tests.made_models import make_model_folder

    make_model_folder(tmp_path, "silent")
    (tmp_path / "silent" / "test_predictions.csv").unlink()
    row = model_table_script().model_table(tmp_path).splitlines()[-1]
    assert row.startswith("| `silent`")
    assert "no held-out results" in row


def test_the_block_is_replaced_and_the_rest_kept():
    script = model_table_script()
    text = f"before\n{script.START}\n\nold\n\n{script.END}\nafter\n"
    changed = script.with_block(text, "new")
    assert script.block_of(changed) == "new"
    assert changed == text.replace("old", "new")
