import numpy as np
import pytest

from leuko.cell_classes import BLAST, CELL_CLASSES, NOT_A_BLAST
from leuko.data.registry import read_dataset
from leuko.data.splitting.split import split_dataset
from leuko.errors import RecipeError
from leuko.evaluation.cells.left_out import read_left_out
from leuko.evaluation.predictions import read_predictions
from leuko.inspection.cells.network import read_record
from leuko.models.card import PREDICTIONS_FILE, read_card
from leuko.training import left_out as left_out_module
from leuko.training.fit import fit
from leuko.training.recipe import plan_of
from leuko.training.run import train_model
from tests.made_cells import make_acevedo, make_munich
from tests.made_data import make_all_idb2
from tests.made_recipes import tiny_recipe

CUT = {"step": "cut_cell", "side_px": 64, "centre": "cell", "reach": 1.4}
RECIPE = tiny_recipe(
    "cells",
    data={"dataset": "leukocytes"},
    input={"steps": [CUT]},
    augmentation={"stain": 0.2, "blur": 0.3, "noise": 0.02, "shift": 0.05},
    training={"epochs": 1, "class_weight_power": 0.5},
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    root = tmp_path_factory.mktemp("cells")
    make_acevedo(root / "acevedo_pbc", per_class=4)
    make_munich(root / "munich_aml", per_class=4)
    make_all_idb2(root / "all_idb2", per_class=4)
    return root


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """The model folder, what each twin was trained on, and the folder of the run."""
    seen = {}
    runs = tmp_path_factory.mktemp("run")

    def watched(recipe, split, preparation, dataset, network, folder, **options):
        seen[folder.name] = split
        return fit(recipe, split, preparation, dataset, network, folder, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(left_out_module, "fit", watched)
        folder = train_model(
            RECIPE, data, tmp_path_factory.mktemp("weights"), runs,
            left_out=True, device="cpu", progress=False,
        )  # fmt: skip
    return folder, seen, runs


def test_every_laboratory_has_a_twin_that_never_saw_it_or_what_repeats_it(trained, data):
    _, seen, _ = trained
    assert set(seen) == {"left-out-acevedo", "left-out-all_idb2", "left-out-munich"}
    for name, split in seen.items():
        laboratory = name.removeprefix("left-out-")
        both = (*split.train, *split.validation)
        assert both
        assert laboratory not in {sample.laboratory for sample in both}
        groups = {
            sample.group
            for sample in read_dataset("leukocytes", data).samples
            if sample.laboratory == laboratory
        }
        assert groups.isdisjoint(sample.group for sample in both)


def test_each_twin_answers_for_all_cells_of_its_laboratory(trained, data):
    folder, _, _ = trained
    table = read_left_out(folder, read_card(folder).class_set)
    samples = read_dataset("leukocytes", data).samples
    assert sorted(table.image_ids) == sorted(sample.image_id for sample in samples)
    label_of = {sample.image_id: (sample.laboratory, sample.label) for sample in samples}
    for laboratory, name, label in zip(
        table.laboratories, table.image_ids, table.labels, strict=True
    ):
        assert label_of[name] == (laboratory, label)
    assert {BLAST, NOT_A_BLAST} <= set(table.labels)
    np.testing.assert_allclose(table.probabilities.sum(axis=1), 1, atol=1e-6)


def test_the_pooled_test_side_holds_cells_with_a_class_alone(trained, data):
    folder, _, _ = trained
    card = read_card(folder)
    assert card.classes == CELL_CLASSES
    assert card.malignant == (BLAST,)
    assert card.reads_cells
    split = split_dataset(read_dataset("leukocytes", data), plan_of(RECIPE))
    known = [
        sample.image_id
        for sample in split.test
        if sample.label in CELL_CLASSES and sample.box is None
    ]
    assert len(known) < len(split.test)
    predictions = read_predictions(folder / PREDICTIONS_FILE, card.class_set)
    assert list(predictions.image_ids) == known


def test_resuming_keeps_the_tables_that_are_there(trained, data, monkeypatch, tmp_path):
    folder, _, runs = trained
    before = (folder / "left_out_predictions.csv").read_bytes()
    monkeypatch.setattr(left_out_module, "fit", None)  # nothing may be trained again
    again = train_model(
        RECIPE, data, tmp_path, runs, left_out=True, resume=True, device="cpu", progress=False
    )
    assert (again / "left_out_predictions.csv").read_bytes() == before


def test_a_data_set_of_one_laboratory_has_no_twins(all_idb2_folder, tmp_path):
    with pytest.raises(RecipeError, match="leave --left-out away"):
        train_model(
            tiny_recipe(training={"epochs": 1}), all_idb2_folder, tmp_path / "w", tmp_path / "r",
            left_out=True, device="cpu", progress=False,
        )  # fmt: skip


def test_the_card_names_the_finder_whose_cells_were_learnt(trained):
    folder, _, _ = trained
    assert read_card(folder).input.steps[0].finder == read_record().sha256
