import pytest

from leuko.data.adapters.all_idb2 import read
from leuko.data.audit.audit import audit_dataset
from leuko.data.splitting.split import GROUPED, PAPER, SplitPlan
from leuko.models.card import read_card
from leuko.training.audit_record import facts_of
from leuko.training.recipe import plan_of
from tests.made_recipes import tiny_recipe


def test_a_trained_model_carries_the_audit_of_its_data_under_its_own_split(trained):
    audit = audit_dataset(read(trained.data), [plan_of(tiny_recipe())])
    facts = read_card(trained.folder).audit
    assert facts == facts_of(audit)
    assert facts.copies == 1
    assert facts.chance == 0.5
    assert facts.groups_crossing == 0
    assert set(facts.shortcuts) == {
        "background colour",
        "scale-bar corner",
        "file size and format",
        "picture size",
        "sharpness",
    }


def test_facts_are_of_one_split_and_of_one_that_exists(all_idb2_folder):
    dataset = read(all_idb2_folder)
    both = audit_dataset(dataset, [SplitPlan(GROUPED, 0.25, 0.25), SplitPlan(PAPER, 0.25, 0.25)])
    with pytest.raises(ValueError, match="too many values"):
        facts_of(both)
    impossible = audit_dataset(dataset, [SplitPlan(PAPER, 0.01, 0.01)])
    with pytest.raises(ValueError, match="would hold no picture"):
        facts_of(impossible)
