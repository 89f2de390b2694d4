import pytest

from leuko.evaluation.published.differences import differences, run_differences, start_remark
from leuko.models.card import read_card
from leuko.statistics.estimate import Estimate
from tests.made_models import make_model_folder


@pytest.fixture
def card(tmp_path):
    return read_card(make_model_folder(tmp_path, "e2-vgg", study_row="E2"))


def changed(card, **parts):
    return card.model_copy(
        update={name: getattr(card, name).model_copy(update=new) for name, new in parts.items()}
    )


def test_a_run_from_hub_weights_names_no_other_start(card):
    assert differences(card) == []
    assert start_remark([card]) == ""


def test_another_start_a_smaller_head_and_batch_norms_are_said(card):
    other = changed(
        card,
        training={"initialisation": "random weights"},
        architecture={"name": "vgg16_bn", "head": "average"},
    )
    assert differences(other) == [
        "started from random weights",
        "average pooling in place of the dense layers",
        "the variant with batch norms",
    ]
    assert "No run below does" in start_remark([other])
    assert start_remark([other, card]) == ""


def test_a_subset_says_how_many_pictures_it_has(card):
    assert differences(changed(card, dataset={"title": "C-NMC (subset)", "images": 582})) == [
        "582 pictures of the set"
    ]


@pytest.mark.parametrize(
    ("printed", "estimate", "said"),
    [
        ("94", Estimate(0.97, 0.95, 0.99), "3 points above the published accuracy; the published "
         "figure lies outside our interval"),
        ("94", Estimate(0.91, 0.85, 0.95), "3 points below the published accuracy; the published "
         "figure lies within our interval"),
        ("94", Estimate(0.91), "3 points below the published accuracy; no interval can be given"),
        (None, Estimate(0.91), ""),
        ("69–72", Estimate(0.91), ""),
        ("94", None, ""),
    ],
)  # fmt: skip
def test_the_published_figure_is_placed_beside_our_interval(printed, estimate, said):
    assert run_differences(printed, estimate) == said
