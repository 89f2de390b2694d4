"""The documents at the top of the repository say what is so."""

import importlib.util
import re

import pytest
from PIL import Image

from tests import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MODELS = (ROOT / "docs" / "MODELS.md").read_text(encoding="utf-8")
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
]
MOST_README_LINES = 150
NAMED_PATH = re.compile(
    r"(?<![\w./-])((?:leuko|docs|recipes|scripts|benchmarks|tests|pages)/[\w./-]*\w)"
)
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
    assert script.block_of(MODELS) == script.model_table(), (
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


@pytest.mark.parametrize("name", [*DOCUMENTS, "CHANGELOG.md"])
def test_every_local_link_leads_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    folder = (ROOT / name).parent
    missing = [link for link in LOCAL_LINK.findall(text) if not (folder / link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_a_document_names_is_there(name):
    named = NAMED_PATH.findall((ROOT / name).read_text(encoding="utf-8"))
    assert [path for path in named if "NAME" not in path and not (ROOT / path).exists()] == []


def test_the_readme_is_short_and_leads_to_every_document():
    assert len(README.splitlines()) <= MOST_README_LINES
    linked = set(LOCAL_LINK.findall(README))
    assert {name for name in DOCUMENTS if name != "README.md"} <= linked


def test_the_code_of_the_readme_is_that_of_the_page_on_the_api():
    code = re.compile(r"```python\n(.*?)```", re.DOTALL)
    (shown,) = code.findall(README)
    assert shown in code.findall((ROOT / "docs" / "API.md").read_text(encoding="utf-8"))


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
