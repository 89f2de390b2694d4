from types import SimpleNamespace

import numpy as np
import pytest

from leuko.cli.main import main
from leuko.data.adapters import acevedo_attributes
from leuko.decision.morphology import describe_cells
from leuko.errors import DatasetError, RecipeError
from leuko.evaluation.attributes.predictions import read_attribute_predictions, read_two_readers
from leuko.evaluation.attributes.summary import summarise_attributes
from leuko.imaging.decoding.decode import read_picture
from leuko.imaging.preprocessing.cell_cut import middle_cell
from leuko.inference.attributes import AttributeReader
from leuko.models.attributes.store import list_attribute_models
from leuko.models.store import list_models
from leuko.training.attributes import limits
from leuko.training.attributes import run as run_module
from leuko.training.attributes.run import train_attributes
from tests.made_attributes import make_described, tiny_attributes_recipe


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_described(tmp_path_factory.mktemp("acevedo_pbc"))


def train(root, data, recipe=None, **options):
    return train_attributes(
        recipe or tiny_attributes_recipe(), data, root / "weights", root / "run",
        device="cpu", progress=False, **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    root = tmp_path_factory.mktemp("trained")
    folder = train(root, data)
    return SimpleNamespace(
        folder=folder, root=root, model=list_attribute_models(folder.parent).get(), data=data
    )


def test_a_training_writes_a_complete_folder_and_nothing_else(trained):
    assert sorted(path.name for path in trained.folder.iterdir()) == [
        "attributes.json", "model.safetensors", "second_reader.csv", "strangeness.safetensors",
        "test_predictions.csv", "test_predictions_without_size.csv", "training_history.csv",
        "validation_predictions.csv",
    ]  # fmt: skip
    assert [path.name for path in trained.folder.parent.iterdir()] == ["tiny-attributes"]
    assert list_models(trained.folder.parent).models == ()
    assert list_models(trained.folder.parent).problems == ()


def test_the_card_says_what_was_run_on_which_official_sides(trained):
    card = trained.model.card
    found = acevedo_attributes.read(trained.data)
    counts = {side: sum(cell.side == side for cell in found) for side in ("train", "val", "test")}
    assert (card.sides.train, card.sides.validation, card.sides.test) == tuple(counts.values())
    assert card.training.epochs == 3
    assert card.training.recipe["network"]["name"] == "test_efficientnet"
    assert card.novelty.measured[0].title == "Own test cells"


def test_stored_predictions_are_those_of_the_official_test_side_and_come_out_again(trained):
    card = trained.model.card
    stored = read_attribute_predictions(trained.model.predictions_path, card.values)
    cells = {c.image_id: c for c in acevedo_attributes.read(trained.data) if c.side == "test"}
    assert set(stored.image_ids) <= set(cells)
    reader = AttributeReader.load(trained.model, "cpu")
    for place, name in enumerate(stored.image_ids[:4]):
        pixels = read_picture(cells[name].path).pixels
        (found,) = reader.read(pixels, [middle_cell(pixels)], card.input.size.red_cell_px)
        for attribute, known in card.values.items():
            assert stored.probabilities[attribute][place] == pytest.approx(
                found.probabilities[attribute], abs=1e-4
            )
            said = cells[name].values[acevedo_attributes.Attribute(attribute)]
            assert known[stored.truth[attribute][place]] == said


def test_the_figures_stand_beside_those_of_the_two_readers(trained):
    values = trained.model.card.values
    readers = read_two_readers(trained.model.second_reader_path, values)
    predictions = read_attribute_predictions(trained.model.predictions_path, values)
    summary = summarise_attributes(predictions, readers, resamples=50)
    assert summary.read_twice == len(acevedo_attributes.read_second(trained.data))
    assert summary.shared == sum(
        side == "test" and name in predictions.image_ids
        for side, name in zip(readers.sides, readers.image_ids, strict=True)
    )
    same = {figures.name: figures.readers.same.value for figures in summary.attributes}
    assert same["nucleus_shape"] == 1
    assert same["cell_size"] < 1


def test_limits_come_from_the_cells_to_choose_on_alone(trained, monkeypatch, tmp_path):
    seen = []
    real = limits.said_from
    monkeypatch.setattr(
        limits,
        "said_from",
        lambda p, truth, share: seen.append(len(truth)) or real(p, truth, share),
    )
    train(tmp_path, trained.data, tiny_attributes_recipe(training={"epochs": 1}))
    validation = read_attribute_predictions(
        trained.model.validation_path, trained.model.card.values
    )
    assert seen == [validation.n] * 11


def test_cells_of_a_picture_are_described_by_the_installed_model(trained):
    path = acevedo_attributes.read(trained.data)[0].path
    pixels = read_picture(path).pixels
    (words,) = describe_cells(AttributeReader.load(trained.model), pixels, [middle_cell(pixels)])
    assert words.text


def test_a_resumed_run_ends_as_an_uninterrupted_one(trained, tmp_path, monkeypatch):
    class StoppedError(Exception):
        pass

    def stop(module):
        if module.current_epoch == 1:
            raise StoppedError

    with monkeypatch.context() as patch:
        patch.setattr(
            "leuko.training.attributes.module.AttributesModule.on_validation_epoch_start",
            stop_at(stop),
        )
        with pytest.raises(StoppedError):
            train(tmp_path, trained.data)
    folder = train(tmp_path, trained.data, resume=True)
    assert (folder / "training_history.csv").read_text() == (
        trained.folder / "training_history.csv"
    ).read_text()
    values = trained.model.card.values
    first, second = (
        read_attribute_predictions(where / "test_predictions.csv", values)
        for where in (trained.folder, folder)
    )
    for name in values:
        assert np.allclose(first.probabilities[name], second.probabilities[name], atol=1e-4)


def stop_at(stop):
    from leuko.training.attributes.module import AttributesModule

    real = AttributesModule.on_validation_epoch_start

    def start(module):
        stop(module)
        real(module)

    return start


def test_there_must_be_something_to_resume_from(data, tmp_path):
    with pytest.raises(RecipeError, match="Nothing to resume"):
        train(tmp_path, data, resume=True)


def test_copies_of_one_picture_on_two_sides_are_refused_by_name(tmp_path):
    data = make_described(tmp_path, per_class=2)
    cells = acevedo_attributes.read(data)
    first = next(cell for cell in cells if cell.side == "train")
    other = next(cell for cell in cells if cell.side == "test")
    other.path.write_bytes(first.path.read_bytes())
    with pytest.raises(DatasetError, match=rf"{first.image_id}.*{other.image_id}|{other.image_id}"):
        train(tmp_path / "out", data)


def test_the_command_that_trains_takes_the_recipe(data, tmp_path, capsys, monkeypatch):
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(
        'kind = "attributes"\nid = "named"\ntitle = "T"\n'
        '[network]\nlibrary = "timm"\nname = "test_efficientnet"\ninitialisation = "scratch"\n'
        "[input]\nside_px = 64\nreach = 2.5\nred_cell_px = 20\n"
        "[training]\nepochs = 9\nbatch_size = 16\nlearning_rate = 1e-3\n"
    )
    asked = []
    monkeypatch.setattr(
        run_module, "train_attributes",
        lambda recipe, data, weights, runs, **options: asked.append((recipe, runs)) or weights,
    )  # fmt: skip
    words = ["train", str(recipe), "--data", str(data), "--weights", str(tmp_path / "weights")]
    assert main([*words, "--epochs", "2", "--id", "mine", "--runs", str(tmp_path)]) == 0
    assert (asked[0][0].training.epochs, asked[0][0].id) == (2, "mine")
    assert asked[0][1] == tmp_path / "mine"
    assert main([*words, "--policy", "grouped"]) == 2
    assert "--policy does not fit 'tiny.toml'" in capsys.readouterr().err
