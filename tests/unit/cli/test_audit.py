import json
import shutil

import pytest

from leuko.models.card import read_card
from tests import made_published


def test_an_audit_is_one_json_object_with_both_policies(leuko, all_idb2_folder):
    done = leuko("audit", "all_idb2", "--data", all_idb2_folder, "--json")
    assert done.code == 0
    record = json.loads(done.out)
    assert record["dataset"] == "all_idb2"
    assert record["pictures"] == 32
    assert record["n_copies"] == 1
    assert [found["policy"] for found in record["policies"]] == ["grouped", "paper"]
    assert record["chance"] == 0.5
    assert "verification" not in record


def test_an_audit_in_words_says_what_was_found(leuko, all_idb2_folder):
    done = leuko("audit", "all_idb2", "--data", all_idb2_folder, "--policy", "paper")
    assert done.code == 0
    assert "ALL-IDB2: 32 pictures in 31 groups" in done.out
    assert "1 byte-identical copies. Im031_0 = Im032_0" in done.out
    assert "background colour" in done.out
    assert "(chance 0.50)" in done.out
    assert "“paper”" in done.out
    assert "“grouped”" not in done.out


def test_a_recipe_names_the_split_that_is_audited(leuko, all_idb2_folder, tmp_path):
    recipe = tmp_path / "r.toml"
    recipe.write_text(
        'id = "r"\ntitle = "R"\n[data]\ndataset = "all_idb2"\npolicy = "paper"\ntest = 0.5\n'
        'validation = 0.25\n[network]\nlibrary = "timm"\nname = "test_efficientnet"\n'
        'initialisation = "scratch"\n[input]\nside_px = 64\n[training]\nepochs = 1\n'
        'batch_size = 4\noptimiser = "adam"\nlearning_rate = 0.001\n',
        encoding="utf-8",
    )
    words = ("audit", "all_idb2", "--data", all_idb2_folder, "--recipe", recipe, "--json")
    (found,) = json.loads(leuko(*words).out)["policies"]
    assert found["policy"] == "paper"
    assert found["sizes"]["test"] == 16
    (found,) = json.loads(leuko(*words, "--policy", "grouped").out)["policies"]
    assert found["policy"] == "grouped"


def test_c_nmc_is_compared_with_its_release_first(leuko, c_nmc_folder):
    done = leuko("audit", "c_nmc", "--data", c_nmc_folder, "--policy", "grouped")
    assert done.code == 1
    assert "preliminary test        0 of  1,867 files as published" in done.out
    assert "missing" in done.out
    record = json.loads(
        leuko("audit", "c_nmc", "--data", c_nmc_folder, "--policy", "grouped", "--json").out
    )
    assert record["verification"]["published"]["final test"] == 2586
    assert not record["verification"]["complete"]


def test_the_preliminary_test_is_audited_as_a_set_of_its_own(leuko, tmp_path):
    made_published.make_preliminary(tmp_path)
    done = leuko("audit", "c_nmc_preliminary", "--data", tmp_path, "--policy", "paper", "--json")
    record = json.loads(done.out)
    assert record["classes"] == {"HEM": 3, "ALL": 3}
    assert "too few groups" in record["policies"][0]["problem"]


def test_an_unknown_data_set_is_refused_with_the_known_ones(leuko, tmp_path):
    done = leuko("audit", "imagenet", "--data", tmp_path)
    assert done.code == 2
    assert "known are: taleqani, all_idb2, c_nmc" in done.err


@pytest.fixture
def unaudited(own_weights):
    """The trained model with the audit taken out of its card, as of an older version."""
    path = own_weights / "tiny" / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    del card["audit"]
    path.write_text(json.dumps(card), encoding="utf-8")
    return own_weights


def write_card(leuko, weights, data, model="tiny", *more):
    words = ("--data", data, "--write-card", model, "--weights", weights)
    return leuko("audit", "all_idb2", *words, *more)


def test_the_audit_is_written_into_the_card_as_training_would_have(
    leuko, unaudited, weights, all_idb2_folder
):
    assert read_card(unaudited / "tiny").audit is None
    assert write_card(leuko, unaudited, all_idb2_folder).code == 0
    assert read_card(unaudited / "tiny") == read_card(weights / "tiny")


def test_other_pictures_leave_the_card_as_it_is(leuko, unaudited, all_idb2_folder, tmp_path):
    shutil.copytree(all_idb2_folder, tmp_path / "less")
    (tmp_path / "less" / "img" / "Im001_1.tif").unlink()
    done = write_card(leuko, unaudited, tmp_path / "less")
    assert done.code == 2
    assert "another hash" in done.err
    assert read_card(unaudited / "tiny").audit is None


def test_the_card_of_a_model_of_another_data_set_is_left_alone(leuko, unaudited, all_idb2_folder):
    done = write_card(leuko, unaudited, all_idb2_folder, "results")
    assert done.code == 2
    assert "'results' was trained on 'made', not on 'all_idb2'" in done.err


def test_a_card_is_audited_under_its_own_split_only(leuko, unaudited, all_idb2_folder):
    done = write_card(leuko, unaudited, all_idb2_folder, "tiny", "--policy", "paper")
    assert done.code == 2
    assert "--write-card audits under the model's own split: leave out the others." in done.err


def test_a_bad_picture_is_named_counted_and_ends_with_1(leuko, all_idb2_folder, tmp_path):
    data = shutil.copytree(all_idb2_folder, tmp_path / "data")
    (data / "img" / "Im003_1.tif").write_bytes(b"no picture")
    words = ("audit", "all_idb2", "--data", data, "--policy", "paper")
    done = leuko(*words)
    assert done.code == 1
    assert "1 picture could not be read and is left out. Im003_1: " in done.out
    (bad,) = json.loads(leuko(*words, "--json").out)["unreadable"]
    assert bad["image_id"] == "Im003_1"
    assert "evenly spaced" not in done.out
