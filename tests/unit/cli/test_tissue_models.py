import pytest

from leuko.cli.predict import choose_model
from leuko.errors import ModelNotFoundError
from leuko.models.store import list_models
from tests.made_models import make_model_folder


def add(root, model_id, kind):
    card_input = {
        "kind": kind,
        "side_px": 64,
        "mean": [0.5, 0.5, 0.5],
        "std": [0.25, 0.25, 0.25],
        "steps": [{"step": "fit_square", "side_px": 64}],
    }
    make_model_folder(root, model_id, weights=True, input=card_input)


def test_a_tissue_model_is_never_chosen_by_itself_and_can_be_named(tmp_path):
    add(tmp_path, "a-tissue", "tissue")
    with pytest.raises(ModelNotFoundError):
        choose_model(list_models(tmp_path), None)
    assert choose_model(list_models(tmp_path), "a-tissue").id == "a-tissue"
    add(tmp_path, "cells", "segmented")
    assert choose_model(list_models(tmp_path), None).id == "cells"
