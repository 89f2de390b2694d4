import json
import re

import pytest

from leuko.cli.main import main
from leuko.evaluation.published.reproduction import as_markdown, as_record, compare, measure
from leuko.evaluation.published.studies import published_row, published_rows
from leuko.models.store import list_models
from tests.made_models import make_model_folder


def with_policy(folder, policy):
    """Change the split policy of a made model's card."""
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card["split"]["policy"] = policy
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")


@pytest.fixture
def models(tmp_path):
    with_policy(make_model_folder(tmp_path, "e1-a", study_row="E1"), "paper")
    with_policy(make_model_folder(tmp_path, "e1-b", study_row="E1", strength=1.0), "grouped")
    with_policy(make_model_folder(tmp_path, "e2-a", study_row="E2", predictions=False), "paper")
    make_model_folder(tmp_path, "free")
    return tmp_path


def test_all_eighteen_rows_stand_in_the_table_also_without_a_model(models):
    compared = compare(measure(list_models(models)))
    assert [one.published.row for one in compared] == [row.row for row in published_rows()]
    assert len(published_rows()) == 18
    by_row = {one.published.row: one for one in compared}
    assert by_row["E1"].paper.card.id == "e1-a"
    assert by_row["E1"].grouped.card.id == "e1-b"
    assert by_row["A1"].paper is None


def test_a_figure_in_the_record_equals_the_summary_and_has_its_interval(models):
    records = {one["model"]: one for one in map(as_record, measure(list_models(models)))}
    value, low, high = records["e1-a"]["accuracy"]
    assert 0 <= low <= value <= high <= 1
    assert records["e1-a"]["n_test"] == 120
    assert records["e1-a"]["n_groups"] == 24
    assert records["e2-a"]["accuracy"] is None
    assert set(records["free"]) == {
        "model", "study_row", "split_policy", "n_test", "n_groups",
        "accuracy", "sensitivity", "specificity", "auroc",
    }  # fmt: skip


def test_the_report_hides_no_row_and_types_no_figure_of_ours(models):
    measured = measure(list_models(models))
    text = as_markdown(compare(measured), [m for m in measured if m.card.study_row is None])
    for row in published_rows():
        assert re.search(rf"^\| {row.row} \|", text, re.MULTILINE)
    e1 = next(m for m in measured if m.card.id == "e1-a")
    assert e1.summary.overall.accuracy.text(e1.summary.digits) in text
    assert "no held-out results" in text
    assert "not trained" in text
    assert "`free`" in text


def test_published_figures_are_those_of_the_studies():
    assert published_row("A2").accuracy == "88.46"
    assert published_row("B1").accuracy == "95.74"
    assert published_row("C1").specificity == "100"
    assert published_row("D3").accuracy == "97.44"
    assert published_row("E2").sensitivity == "82"
    with pytest.raises(KeyError):
        published_row("Z9")


def test_the_command_prints_one_object_a_model(models, capsys):
    assert main(["report", "--json", "--weights", str(models)]) == 0
    records = json.loads(capsys.readouterr().out)
    assert [record["model"] for record in records] == ["e1-a", "e1-b", "e2-a", "free"]


def test_the_command_writes_the_table(models, tmp_path, capsys):
    target = tmp_path / "REPRODUCTION.md"
    assert main(["report", "--output", str(target), "--weights", str(models)]) == 0
    assert target.read_text(encoding="utf-8").startswith("# Reproduction")
    assert capsys.readouterr().out == ""
