import json
from pathlib import Path

import pytest

from leuko.errors import ModelNotFoundError
from leuko.models.store import list_models
from leuko.settings import default_weights_folder
from tests.made_models import make_model_folder


def make(root, model_id, **options):
    return make_model_folder(root, model_id, predictions=False, history=False, **options)


def test_models_are_listed_by_id(tmp_path):
    for name in ("c", "a", "b"):
        make(tmp_path, name)
    assert [model.id for model in list_models(tmp_path).models] == ["a", "b", "c"]


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b'{"card_version": 9}', b"\xff"])
def test_one_bad_folder_never_hides_the_others(tmp_path, content):
    make(tmp_path, "a")
    (make(tmp_path, "b") / "card.json").write_bytes(content)
    make(tmp_path, "c")
    inventory = list_models(tmp_path)
    assert [model.id for model in inventory.models] == ["a", "c"]
    assert len(inventory.problems) == 1
    assert "'b'" in inventory.problems[0]


def test_a_folder_that_may_not_be_read_never_hides_the_others(tmp_path, monkeypatch):
    make(tmp_path, "a")
    (tmp_path / "locked").mkdir()
    look = Path.iterdir

    def refuse(path):
        if path.name == "locked":
            raise PermissionError(13, "Permission denied")
        return look(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    inventory = list_models(tmp_path)
    assert [model.id for model in inventory.models] == ["a"]
    assert "'locked'" in inventory.problems[0]


def test_a_folder_with_files_but_no_card_is_reported(tmp_path):
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "model.safetensors").write_bytes(b"x")
    assert "'half' has no card.json" in list_models(tmp_path).problems[0]


def test_empty_folders_hidden_folders_and_files_are_no_models(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / ".unfinished-1").mkdir()
    (tmp_path / ".unfinished-1" / "x").write_bytes(b"")
    (tmp_path / "README.md").write_text("x")
    inventory = list_models(tmp_path)
    assert inventory.models == ()
    assert inventory.problems == ()


def test_a_weights_folder_that_is_not_there_holds_no_models(tmp_path):
    assert list_models(tmp_path / "absent").models == ()


def test_a_folder_of_results_only_is_a_model_that_cannot_predict(tmp_path):
    make_model_folder(tmp_path, "results")
    model = list_models(tmp_path).get("results")
    assert not model.has_weights
    assert model.predictions_path.is_file()
    assert model.history_path.is_file()


def test_a_model_whose_weight_file_is_gone_cannot_predict(tmp_path):
    folder = make(tmp_path, "a", weights=True)
    assert list_models(tmp_path).get("a").has_weights
    (folder / "model.safetensors").unlink()
    assert not list_models(tmp_path).get("a").has_weights


def test_an_unknown_model_is_refused_with_the_names_of_the_installed(tmp_path):
    make(tmp_path, "a")
    make(tmp_path, "b")
    with pytest.raises(ModelNotFoundError, match="'x' is installed; installed are: a, b"):
        list_models(tmp_path).get("x")


def test_with_nothing_installed_the_refusal_says_none(tmp_path):
    with pytest.raises(ModelNotFoundError, match="installed are: none"):
        list_models(tmp_path).get("x")


def test_the_weights_folder_can_be_chosen_by_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_WEIGHTS", str(tmp_path))
    make(tmp_path, "a")
    assert default_weights_folder() == tmp_path
    assert [model.id for model in list_models().models] == ["a"]


def test_without_a_choice_the_weights_lie_beside_the_package(monkeypatch):
    monkeypatch.delenv("LEUKO_WEIGHTS", raising=False)
    folder = default_weights_folder()
    assert folder.name == "weights"
    assert (folder.parent / "leuko" / "models" / "store.py").is_file()


def test_models_for_use_are_offered_before_those_for_comparison(tmp_path):
    def made(name, kind, policy="grouped", **changes):
        folder = make_model_folder(tmp_path, name, weights=True, **changes)
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        card["input"]["kind"] = kind
        card["split"]["policy"] = policy
        (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")

    made("a-study", "field", study_row="E1")
    made("b-random", "field", "paper")
    made("c-segmented", "segmented")
    made("d-crop", "crop")
    made("e-field", "field")
    made("f-tissue", "tissue")
    made("h-best-field", "field", recommended=True)
    make_model_folder(tmp_path, "g-results-only")
    offered = [model.id for model in list_models(tmp_path).offered()]
    assert offered == ["h-best-field", "e-field", "d-crop", "c-segmented", "a-study", "b-random"]


def test_what_systems_leave_behind_is_no_model(tmp_path):
    make(tmp_path, "a")
    for name in ("__MACOSX", "@eaDir", ".Trash-1000", "$RECYCLE.BIN", "lost+found", "moved"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".DS_Store").write_bytes(b"x")
    (tmp_path / "__MACOSX" / "card.json").write_bytes(b"x")
    (tmp_path / "._a").write_bytes(b"x")
    inventory = list_models(tmp_path)
    assert [model.id for model in inventory.models] == ["a"]
    assert inventory.problems == ()
