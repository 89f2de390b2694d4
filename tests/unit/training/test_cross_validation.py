import csv
import statistics

import pytest

from leuko.cli.main import main
from leuko.data.adapters.all_idb2 import read
from leuko.errors import PredictionsError
from leuko.models.store import list_models
from leuko.training.cross_validation import cross_validate, pool
from tests.made_recipes import tiny_recipe


@pytest.fixture(scope="module")
def validated(tmp_path_factory, all_idb2_folder):
    root = tmp_path_factory.mktemp("folds")
    return cross_validate(
        tiny_recipe(training={"epochs": 1}), 3, all_idb2_folder, root / "weights", root / "run",
        device="cpu", progress=False,
    )  # fmt: skip


def test_every_picture_is_predicted_once_by_a_model_that_never_saw_it(validated, all_idb2_folder):
    names = {s.image_id for s in read(all_idb2_folder).samples}
    assert set(validated.pooled.image_ids) == names
    assert validated.pooled.n == len(names)
    with (validated.folder / "folds.csv").open(encoding="utf-8") as stream:
        folds = {row["image_id"]: row["fold"] for row in csv.DictReader(stream)}
    assert set(folds) == names
    assert set(folds.values()) == {"0", "1", "2"}


def test_the_folder_holds_results_only_and_says_how_many_folds(validated):
    (model,) = list_models(validated.folder.parent).models
    assert model.id == "tiny-cv3"
    assert not model.has_weights
    assert model.card.split.folds == 3
    assert model.card.split.test == validated.pooled.n


def test_mean_and_deviation_are_over_the_folds(validated):
    values = validated.per_fold["accuracy"]
    assert len(values) == 3
    assert validated.mean_and_deviation("accuracy") == pytest.approx(
        (statistics.mean(values), statistics.stdev(values))
    )


def test_a_picture_tested_twice_is_refused(validated):
    with pytest.raises(PredictionsError, match="twice"):
        pool([validated.pooled, validated.pooled])


def test_the_command_refuses_more_folds_than_groups(all_idb2_folder, tmp_path, capsys):
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(
        'id = "tiny"\ntitle = "Tiny"\n'
        '[data]\ndataset = "all_idb2"\npolicy = "grouped"\ntest = 0.2\nvalidation = 0.1\n'
        '[network]\nlibrary = "leuko"\nname = "plain_cnn"\ninitialisation = "scratch"\n'
        "[input]\nside_px = 32\n"
        '[training]\nepochs = 1\nbatch_size = 8\noptimiser = "sgd"\nlearning_rate = 0.01\n',
        encoding="utf-8",
    )
    code = main(
        ["train", str(recipe), "--data", str(all_idb2_folder), "--folds", "500",
         "--weights", str(tmp_path / "w"), "--runs", str(tmp_path / "r"), "--device", "cpu"]
    )  # fmt: skip
    assert code == 2
    assert "too few for 500 folds" in capsys.readouterr().err
