import json

import pytest

from tests import ROOT

SCHEMA = {
    "id": str,
    "title": str,
    "architecture": str,
    "dataset": str,
    "input_kind": str,
    "classes": list,
    "malignant": list,
    "split_policy": str,
    "study_row": (str, type(None)),
    "has_weights": bool,
}


def test_json_lists_every_model_with_the_agreed_keys_and_types(leuko, weights):
    done = leuko("models", "--json", "--weights", weights)
    assert (done.code, done.err) == (0, "")
    records = json.loads(done.out)
    assert [record["id"] for record in records] == ["fields", "results", "tiny"]
    for record in records:
        assert set(record) >= set(SCHEMA)
        for key, kind in SCHEMA.items():
            assert isinstance(record[key], kind), key
        assert record["input_kind"] in {"field", "crop", "segmented"}
        assert record["split_policy"] in {"paper", "grouped"}
        assert set(record["malignant"]) < set(record["classes"])


def test_a_record_says_what_the_card_says(leuko, weights):
    done = leuko("models", "--json", "--weights", weights)
    record = {entry["id"]: entry for entry in json.loads(done.out)}["tiny"]
    assert {key: record[key] for key in SCHEMA} == {
        "id": "tiny",
        "title": "Tiny",
        "architecture": "test_efficientnet",
        "dataset": "all_idb2",
        "input_kind": "crop",
        "classes": ["Healthy", "Blast"],
        "malignant": ["Blast"],
        "split_policy": "grouped",
        "study_row": None,
        "has_weights": True,
    }


def test_a_folder_of_results_only_has_no_weights(leuko, weights):
    listed = json.loads(leuko("models", "--json", "--weights", weights).out)
    assert {m["id"]: m["has_weights"] for m in listed} == {
        "fields": True,
        "results": False,
        "tiny": True,
    }
    lines = leuko("models", "--weights", weights).out.splitlines()
    assert [line.split()[0] for line in lines] == ["fields", "results", "tiny"]
    assert [line.endswith("(results only)") for line in lines] == [False, True, False]


def test_a_bad_folder_is_reported_on_standard_error_and_the_others_are_listed(leuko, own_weights):
    (own_weights / "fields" / "card.json").write_text("{")
    done = leuko("models", "--json", "--weights", own_weights)
    assert done.code == 1
    assert [record["id"] for record in json.loads(done.out)] == ["results", "tiny"]
    assert "'fields'" in done.err


def test_an_empty_folder_is_an_empty_list_code_1_and_a_sentence_that_names_it(leuko, tmp_path):
    done = leuko("models", "--json", "--weights", tmp_path)
    assert (done.code, json.loads(done.out)) == (1, [])
    done = leuko("models", "--weights", tmp_path)
    assert (done.code, done.out) == (1, "")
    assert f"No model is installed in '{tmp_path}' (named by --weights)" in done.err


COMMANDS = {
    "models": ["models"],
    "predict": ["predict", "a.png"],
    "evaluate": ["evaluate", "tiny", "--data", "."],
    "explain-report": ["explain-report", "tiny", "--data", "."],
    "calibrate": ["calibrate", "tiny", "--data", "."],
    "audit": ["audit", "all_idb2", "--data", ".", "--write-card", "tiny"],
    "report": ["report"],
    "report of a model": ["report", "--model", "tiny", "--output", "a.html"],
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("named_by", ["--weights", "the variable LEUKO_WEIGHTS"])
def test_a_folder_of_models_that_is_not_there_ends_every_command_and_is_named(
    leuko, tmp_path, monkeypatch, words, named_by
):
    typo = tmp_path / "typo"
    monkeypatch.setenv("LEUKO_WEIGHTS", str(typo))
    done = leuko(*words, *(["--weights", typo] if named_by == "--weights" else []))
    assert (done.code, done.out) == (2, "")
    assert f"'{typo}' (named by {named_by}) is not there" in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_file_in_the_place_of_the_folder_of_models_is_named(leuko, tmp_path, words):
    (tmp_path / "file").touch()
    done = leuko(*words, "--weights", tmp_path / "file")
    assert (done.code, done.out) == (2, "")
    assert f"'{tmp_path / 'file'}' (named by --weights) is no folder" in done.err


@pytest.mark.parametrize("words", list(COMMANDS.values())[1:], ids=list(COMMANDS)[1:])
def test_an_empty_folder_of_models_ends_every_other_command_and_is_named(leuko, tmp_path, words):
    done = leuko(*words, "--weights", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert f"No model is installed in '{tmp_path}'" in done.err


def test_a_folder_of_models_that_may_not_be_read_is_named(leuko, tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("leuko.cli.inventory.os.scandir", refuse)
    done = leuko("models", "--weights", tmp_path)
    assert done.code == 2
    assert f"'{tmp_path}' (named by --weights) cannot be read (Permission denied)" in done.err


def test_a_model_with_a_damaged_card_is_not_said_to_be_absent(leuko, own_weights, pictures):
    (own_weights / "tiny" / "card.json").write_text("{")
    done = leuko("predict", "--weights", own_weights, "--model", "tiny", pictures[0])
    assert done.code == 2
    assert "The card of model 'tiny' cannot be read" in done.err


def test_training_asks_first_whether_its_model_can_be_installed(leuko, tmp_path):
    recipe = ROOT / "recipes" / "mobilenetv2-taleqani.toml"
    (tmp_path / "file").touch()
    done = leuko("train", recipe, "--data", tmp_path, "--weights", tmp_path / "new" / "folder")
    assert "does not hold 'Benign'" in done.err  # which comes after
    done = leuko("train", recipe, "--data", tmp_path, "--weights", tmp_path / "file" / "deeper")
    assert (done.code, done.out) == (2, "")
    assert (
        f"No model can be installed in '{tmp_path / 'file' / 'deeper'}' (named by --weights), for"
        in done.err
    )
    assert not (tmp_path / "new").exists()
