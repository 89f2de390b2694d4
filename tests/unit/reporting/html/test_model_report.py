import json
import re
from html.parser import HTMLParser

import pytest

from leuko.cli.main import main
from leuko.evaluation.by_group import results_by_group
from leuko.models.store import list_models
from leuko.reporting.charts.palette import ModelStyle, model_styles
from leuko.reporting.html.content import report_content
from leuko.reporting.html.model_report import RESEARCH_USE, model_report
from leuko.reporting.tables.metrics import class_rows, figure_rows
from leuko.reporting.text.definitions import definitions
from tests.made_models import make_model_folder

STYLE = ModelStyle("#4477AA")
VOID = {"meta", "br", "img", "link", "input", "hr"}
AUDIT = {
    "copies": 0,
    "near_copies": 0,
    "near_copies_crossing": 0,
    "groups_crossing": 0,
    "examined": 100,
    "chance": 0.25,
    "shortcuts": {"background colour": 0.82},
}


class Page(HTMLParser):
    """What a browser would read: text outside scripts, tags with attributes, unclosed tags."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.parts, self.scripts = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif not (self.open and self.open[-1] == "style"):
            self.parts.append(data)

    @property
    def text(self):
        return "".join(self.parts)


def content_of(root, **changes):
    make_model_folder(root, "made", **changes)
    return report_content(list_models(root).get("made"), STYLE)


def page_of(root, **changes):
    return Page(model_report(content_of(root, **changes), "2025-11-21"))


def test_the_report_is_well_formed(tmp_path):
    page = page_of(tmp_path, audit=AUDIT)
    assert page.open == []
    assert [tag for tag, _ in page.tags if tag == "h1"] == ["h1"]


def test_every_figure_stands_in_it_with_its_interval_and_method(tmp_path):
    content = content_of(tmp_path)
    text = Page(model_report(content, "2025-11-21")).text
    rows = figure_rows(content.summary)
    assert len(rows) >= 10
    for row in rows:
        assert row["Figure"] in text
        assert row["Value"] in text
        assert row["95 % interval by"] in text
    for row in class_rows(content.summary):
        assert all(str(cell) in text for cell in row.values())


def test_every_curve_and_every_group_stands_in_it(tmp_path):
    content = content_of(tmp_path, audit=AUDIT)
    page = Page(model_report(content, "2025-11-21"))
    assert [tag for tag, _ in page.tags].count("figure") == 8
    for title in ("ROC curve", "Precision-recall curve", "Reliability", "Images by group"):
        assert title in page.text
    for group in results_by_group(content.predictions, 0.5):
        assert group.group_id in page.text


def test_identity_data_split_and_definitions_stand_in_it(tmp_path):
    page = page_of(tmp_path, weights=True)
    card = list_models(tmp_path).get("made").card
    for said in (
        card.id,
        card.title,
        card.weights.sha256,
        card.split.sha256,
        card.training.initialisation,
        card.dataset.source,
        "python -m leuko train recipes/made.toml --data FOLDER",
        "Report made on 2025-11-21",
        RESEARCH_USE,
    ):
        assert said in page.text
    assert all(one.name in page.text and one.meaning in page.text for one in definitions())


def test_the_confusion_matrix_is_a_table_of_counts_with_shares(tmp_path):
    content = content_of(tmp_path)
    text = Page(model_report(content, "2025-11-21")).text
    for row in content.summary.confusion:
        for count in row:
            assert f"{count} ({100 * count / sum(row):.0f} %)" in text


def test_a_script_in_a_title_stays_a_text(tmp_path):
    attack = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    html = model_report(content_of(tmp_path, title=attack), "2025-11-21")
    assert attack not in html
    page = Page(html)
    assert attack in page.text
    assert not any("alert(" in script for script in page.scripts)
    assert "img" not in {tag for tag, _ in page.tags}


def test_a_script_in_a_class_name_stays_a_text_in_the_charts_too(tmp_path):
    attack = "</script><script>alert(1)</script>"
    html = model_report(
        content_of(tmp_path, classes=(attack, "ALL"), malignant=("ALL",)), "2025-11-21"
    )
    assert attack not in html
    assert Page(html).open == []


def test_nothing_is_fetched_from_anywhere(tmp_path):
    html = model_report(content_of(tmp_path, audit=AUDIT), "2025-11-21")
    page = Page(html)
    fetching = {"src", "href", "data", "poster", "action", "srcset", "background"}
    assert [(tag, names) for tag, names in page.tags if fetching & set(names)] == []
    assert {tag for tag, _ in page.tags}.isdisjoint({"link", "iframe", "object", "embed", "img"})
    policies = [names["content"] for tag, names in page.tags if "http-equiv" in names]
    assert len(policies) == 1
    assert "default-src 'none'" in policies[0]
    assert not re.search(r"@import|url\(", html.split("<style>")[1].split("</style>")[0])


def test_the_library_of_the_charts_is_in_the_file_once(tmp_path):
    page = page_of(tmp_path)
    assert sum(len(script) > 1_000_000 for script in page.scripts) == 1


def test_the_same_content_gives_the_same_file(tmp_path):
    content = content_of(tmp_path)
    same = model_report(content, "2025-11-21") == model_report(content, "2025-11-21")
    assert same


def test_the_best_shortcut_is_named_beside_the_model(tmp_path):
    text = page_of(tmp_path, audit=AUDIT).text
    assert "Background colour alone reaches 0.82 (chance 0.25), the model" in text


def test_a_model_without_results_still_has_a_report_that_says_why(tmp_path):
    text = page_of(tmp_path, predictions=False, history=False).text
    assert "test_predictions.csv is missing" in text
    assert "training_history.csv is missing" in text
    assert "Made data" in text


def test_a_test_set_of_one_side_says_that_there_is_no_curve(tmp_path):
    folder = make_model_folder(tmp_path, "made")
    path = folder / "test_predictions.csv"
    lines = [line for line in path.read_text().splitlines() if ",Benign," not in line]
    path.write_text("\n".join(lines) + "\n")
    content = report_content(list_models(tmp_path).get("made"), STYLE)
    text = Page(model_report(content, "2025-11-21")).text
    assert "No curve: all test images are on one side" in text
    assert "not measurable (0 cases)" in text


@pytest.fixture
def weights(tmp_path):
    make_model_folder(tmp_path / "weights", "made")
    make_model_folder(tmp_path / "weights", "bare", predictions=False)
    return tmp_path / "weights"


def test_the_command_writes_the_same_report(weights, tmp_path, capsys):
    target = tmp_path / "report.html"
    words = ["report", "--model", "made", "--output", str(target), "--weights", str(weights)]
    assert main(words) == 0
    models = list_models(weights)
    style = model_styles(model.card for model in models.models)["made"]
    content = report_content(models.get("made"), style)
    written = target.read_text(encoding="utf-8")
    (made,) = re.findall(r"Report made on (\d{4}-\d\d-\d\d)", written)
    same = written == model_report(content, made)
    assert same
    assert capsys.readouterr().out == ""


def test_the_command_says_what_a_model_lacks(weights, tmp_path, capsys):
    target = tmp_path / "report.html"
    main(["report", "--model", "bare", "--output", str(target), "--weights", str(weights)])
    assert "test_predictions.csv is missing" in capsys.readouterr().err
    assert target.is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "made"], "--output FILE.html"),
        (["--model", "made", "--output", "x.html", "--json"], "leave out --json"),
        (["--model", "nobody", "--output", "x.html"], "installed are: bare, made"),
        (["--model", "made", "--output", "no/such/folder.html"], "cannot be written"),
    ],
)
def test_a_command_that_cannot_be_carried_out_says_why(weights, capsys, words, said):
    assert main(["report", *words, "--weights", str(weights)]) == 2
    assert said in capsys.readouterr().err


def test_a_recipe_stands_in_it_as_it_was_run(tmp_path):
    content = content_of(tmp_path)
    recipe = json.dumps(content.card.training.recipe, indent=1, ensure_ascii=False)
    assert recipe in Page(model_report(content, "2025-11-21")).text


def test_texts_of_a_card_are_letters_in_the_report_and_in_its_charts(tmp_path):
    evil = (
        "</script><img src=http://evil.example/x.png><b>b</b> <a href='http://evil.example'>l</a>"
    )
    names = (f"Benign {evil}", f"Early {evil}")
    page = page_of(
        tmp_path,
        title=evil,
        classes=names,
        malignant=names[1:],
        audit=AUDIT | {"shortcuts": {evil: 0.8}},
    )
    assert evil in page.text
    reached = [value for _, said in page.tags for value in said.values() if value]
    assert not any("evil.example" in value for value in reached)
    assert page.open == []
    assert "img" not in [tag for tag, _ in page.tags]
    drawn = "".join(page.scripts)
    for escaped, sign in (("\\u003c", "<"), ("\\u003e", ">"), ("\\u0026", "&"), ("\\u002f", "/")):
        drawn = drawn.replace(escaped, sign)
    assert "&lt;b&gt;b&lt;/b&gt;" in drawn
    assert "<b>b</b>" not in drawn
