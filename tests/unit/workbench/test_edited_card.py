"""A card that is edited on disk makes every answer, loaded model and kept map of it stale."""

import json

import pytest

from leuko.imaging.intake.uploads import Upload
from leuko.models.store import list_models
from leuko.settings import Limits
from leuko.workbench.classification import Pace, Results, advance, pending, result_key
from leuko.workbench.model_pool import ModelPool
from leuko.workbench.uploads import Tray
from tests import drawn
from tests.made_gates import level, raw_gates, tally
from tests.made_networks import install


@pytest.fixture
def weights(tmp_path, tiny_network):
    """A folder with one model."""
    folder = install(tiny_network, tmp_path)
    sha256 = json.loads((folder / "card.json").read_text())["weights"]["sha256"]
    edit(folder, gates=_gates(sha256, 0.4))
    return tmp_path


def _gates(sha256, limit, **changes):
    levels = [level(0.9, limit, by_class={"Benign": tally(45, 50), "Early": tally(46, 50)})]
    return raw_gates(weights_sha256=sha256, levels=levels, strangeness=None, **changes)


def edit(folder, **entries):
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


def model_in(weights):
    inventory = list_models(weights)
    assert inventory.problems == ()
    return inventory.models[0]


EDITS = {
    "temperature": lambda card: {
        "temperature": 2.0,
        "gates": _gates(card.weights.sha256, 0.4, temperature=2.0),
    },
    "threshold": lambda card: {"decision_threshold": 0.9},
    "limit of a gate": lambda card: {"gates": _gates(card.weights.sha256, 0.2)},
    "step": lambda card: {
        "input": card.model_dump(mode="json")["input"]
        | {"steps": [{"step": "remove_noise"}, {"step": "fit_square", "side_px": 64}]}
    },
}


@pytest.fixture
def tray():
    made = Tray()
    made.add([Upload("a.png", drawn.encode(drawn.draw_crop(1, True, 96), "PNG"))], Limits())
    return made


@pytest.mark.parametrize("change", EDITS.values(), ids=EDITS.keys())
def test_an_edit_that_changes_answers_loads_and_asks_anew_and_comes_to_an_end(
    weights, tray, change
):
    pool, results, before = ModelPool(), Results(), model_in(weights)
    advance(pool.get(before), tray, results, Limits(), Pace())
    assert not pending(tray, before.card, results)

    edit(before.folder, **change(before.card))
    after = model_in(weights)
    assert after.card.fingerprint != before.card.fingerprint
    assert result_key(after.card, tray.items[0]) != result_key(before.card, tray.items[0])
    assert len(pending(tray, after.card, results)) == 1

    assert pool.get(after) is not pool.get(before)
    assert pool.get(after).card == after.card
    advance(pool.get(after), tray, results, Limits(), Pace())
    assert not pending(tray, after.card, results)


def test_another_title_loads_nothing_and_asks_nothing_anew(weights, tray):
    pool, results, before = ModelPool(), Results(), model_in(weights)
    advance(pool.get(before), tray, results, Limits(), Pace())
    edit(before.folder, title="Another title")
    after = model_in(weights)
    assert after.card.title == "Another title"
    assert pool.get(after) is pool.get(before)
    assert not pending(tray, after.card, results)
