from dataclasses import replace

import numpy as np
import pytest
import torch

from leuko.data.splitting.stratified_sample import choose_pictures
from leuko.errors import ExplainReportError
from leuko.faithfulness.deletion_insertion import _ranks, area_under, border_filled, removal_scores
from leuko.faithfulness.measure import measure_heatmaps
from leuko.faithfulness.probe import Case, Probe, grid_inside, inside_of, measure_batch_norms
from leuko.faithfulness.sanity_checks import (
    correlation,
    flips,
    randomisation,
    rank_correlation,
    shifts,
)
from leuko.faithfulness.summarise import measured, part_shares
from leuko.inference.classifier import Classifier
from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS
from leuko.reporting.text.heatmaps import Outcome, verdicts
from tests.made_networks import make_card, make_network
from tests.unit.inference.heatmaps.planted import (
    SIDE_PX,
    SQUARE_PX,
    planted_pictures,
    red_card,
    red_network,
)

CPU = torch.device("cpu")
N = 12


def report_of(network, card, pictures, cells=None, **options):
    results = Classifier(card, network, precision="float32").classify(pictures)
    if cells is not None:
        results = [one.with_cells(mask) for one, mask in zip(results, cells, strict=True)]
    groups = [str(place) for place in range(len(pictures))]
    options = {"test_images": len(pictures), "are_groups": False, "made": "2025-11-21"} | options
    return measure_heatmaps(Probe(card, network, CPU), pictures, results, groups, **options)


@pytest.fixture(scope="module")
def planted():
    """The report on a network that looks at a red square, which is a nucleus in the mask."""
    network = red_network()
    pictures, places = planted_pictures(N)
    masks = []
    for left, top in places:
        mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
        mask[top : top + SQUARE_PX, left : left + SQUARE_PX] = NUCLEUS
        masks.append(mask)
    return report_of(network, red_card(network), pictures, masks)


@pytest.fixture(scope="module")
def constant():
    """The report on a network that gives every picture the same answer."""
    network = red_network(weight=0.0)
    pictures, _ = planted_pictures(6)
    return report_of(network, red_card(network), pictures)


def case_of(network, card, pixels):
    probe = Probe(card, network, CPU)
    prepared = probe.prepare(pixels)
    (result,) = Classifier(card, network).classify([pixels])
    label = card.class_set.index(result.label)
    square = probe.normalised([prepared])[0]
    return probe, Case(square, inside_of(prepared), label, result.evidence[label], 0)


def test_removing_a_planted_object_beats_random_regions_clearly(planted):
    for curve in (planted.removal.deletion, planted.removal.insertion):
        assert curve.advantage.low > 0.1
    assert planted.removal.deletion.heatmap_area < planted.removal.deletion.random_area
    assert planted.removal.insertion.heatmap_area > planted.removal.insertion.random_area
    assert verdicts(planted)[0].answer is Outcome.YES


def test_curves_start_and_end_where_whole_and_empty_pictures_stand(planted):
    deletion, insertion = planted.removal.deletion, planted.removal.insertion
    assert deletion.heatmap[0] == insertion.heatmap[-1] == insertion.random[-1] > 0.9
    assert deletion.heatmap[-1] == deletion.random[-1] < 0.1
    assert planted.removal.shares[0] == 0
    assert planted.removal.shares[-1] == 1
    assert len(planted.removal.shares) == len(deletion.heatmap) == 21


def test_a_map_that_rests_on_weights_changes_when_they_are_shuffled(planted):
    assert planted.randomisation.last_layer.high < 0.5
    assert planted.randomisation.whole_network.high < 0.5
    assert verdicts(planted)[1].answer is Outcome.YES


def test_the_evidence_of_a_network_that_looks_at_the_nucleus_lies_there(planted):
    cells = planted.cells
    assert cells.images == N
    assert cells.without_cell == cells.mostly_outside == 0
    assert cells.nucleus.mean > 0.6
    assert cells.nucleus.area == pytest.approx((SQUARE_PX / SIDE_PX) ** 2, abs=0.001)
    assert sum(cells.nucleus.histogram) == N
    assert verdicts(planted)[2].answer is Outcome.YES


def test_a_map_of_an_object_moves_with_it(planted):
    stability = planted.stability
    assert stability.shift_px == 1
    assert stability.shifts.correlation.low > 0.9
    assert stability.flips.correlation.value == pytest.approx(1, abs=1e-3)
    assert stability.shifts.changed_images == stability.flips.changed_images == 0
    assert verdicts(planted)[3].answer is Outcome.YES


def test_of_a_constant_network_nothing_can_be_concluded(constant):
    assert constant.with_evidence == 0
    assert constant.removal is constant.randomisation is None
    (verdict,) = verdicts(constant)
    assert verdict.answer is Outcome.OPEN
    assert verdict.sentence.startswith("Nothing can be concluded: 0 of 6 pictures")


def test_the_same_seed_gives_the_same_report(planted):
    network = red_network()
    pictures, _ = planted_pictures(N)
    again = report_of(network, red_card(network), pictures)
    assert again.removal == planted.removal
    assert again.randomisation == planted.randomisation


def test_nothing_to_measure_is_refused():
    network = red_network()
    with pytest.raises(ExplainReportError, match="no test picture"):
        report_of(network, red_card(network), [])
    with pytest.raises(ExplainReportError, match="no weights"):
        report_of(network, red_card(network, weights=None), planted_pictures(1)[0])


def test_a_picture_in_which_no_cell_was_found_is_counted_apart():
    network = red_network()
    pictures, _ = planted_pictures(6)
    masks = [np.zeros((8, 8), np.uint8) for _ in pictures]
    masks[0][:] = CYTOPLASM
    cells = report_of(network, red_card(network), pictures, masks).cells
    assert (cells.images, cells.without_cell) == (1, 5)
    assert cells.cytoplasm.mean == cells.cytoplasm.area == 1
    assert cells.advantage.low is None


def test_a_map_that_points_away_from_what_matters_does_worse_than_chance(planted):
    network = red_network()
    pictures, _ = planted_pictures(1)
    probe, case = case_of(network, red_card(network), pictures[0])
    away = replace(case, evidence=case.evidence.max() - case.evidence)
    scores = removal_scores(probe, away, np.random.default_rng(0))
    assert area_under(scores.deletion)[0] > area_under(scores.deletion)[1:].mean() + 0.1
    assert area_under(scores.insertion)[0] < area_under(scores.insertion)[1:].mean() - 0.1


def test_where_the_heatmap_says_nothing_a_random_map_decides():
    network = red_network()
    pictures, _ = planted_pictures(1)
    _, case = case_of(network, red_card(network), pictures[0])
    silent = replace(case, evidence=np.zeros_like(case.evidence))
    first, *others = _ranks(silent, np.random.default_rng(0))
    everything = np.arange(SIDE_PX**2) / SIDE_PX**2
    for ranks in (first, *others):
        np.testing.assert_allclose(np.sort(ranks.ravel()), everything, atol=1e-6)
    in_raster_order = np.arange(SIDE_PX**2)
    assert abs(correlation(first.ravel(), in_raster_order)) < 0.5
    assert abs(correlation(first.ravel(), others[0].ravel())) < 0.5


def test_padding_is_never_removed():
    network = make_network("timm", "test_efficientnet")
    card = make_card(network)
    pixels = np.random.default_rng(0).integers(0, 255, (30, 60, 3)).astype(np.uint8)
    _, case = case_of(network, card, pixels)
    assert case.inside.sum() == 32 * 64
    emptied = border_filled(case)
    outside = torch.from_numpy(~case.inside)
    assert torch.equal(emptied[:, outside], case.square[:, outside])
    assert emptied[:, ~outside].std(dim=1).max() < 1e-6


def test_a_probe_answers_as_the_classifier_does():
    network = make_network("timm", "test_efficientnet")
    card = make_card(network, temperature=1.7)
    pictures, _ = planted_pictures(3)
    results = Classifier(card, network, precision="float32").classify(pictures)
    probe = Probe(card, network, CPU)
    squares = probe.normalised([probe.prepare(pixels) for pixels in pictures])
    expected = np.array([list(result.probabilities.values()) for result in results])
    np.testing.assert_allclose(probe.probabilities(squares), expected, atol=1e-6)
    answers, maps = probe.explained(squares)
    np.testing.assert_allclose(answers, expected, atol=1e-6)
    for one, result in zip(maps, results, strict=True):
        np.testing.assert_allclose(one, result.evidence, atol=1e-6)


@pytest.mark.parametrize("name", ["test_efficientnet", "red square"])
def test_weights_are_restored_after_a_shuffle_even_when_something_goes_wrong(name):
    network = red_network() if name == "red square" else make_network("timm", name)
    card = red_card(network) if name == "red square" else make_card(network)
    probe = Probe(card, network, CPU)
    pictures, _ = planted_pictures(2)
    squares = probe.normalised([probe.prepare(pixels) for pixels in pictures])
    before = probe.probabilities(squares)
    with probe.shuffled(None, 0, squares):
        assert not np.allclose(probe.probabilities(squares), before)
    with pytest.raises(ZeroDivisionError), probe.shuffled(None, 0, squares):
        _ = 1 / 0
    np.testing.assert_array_equal(probe.probabilities(squares), before)
    assert not any(module.training for module in network.modules())


def test_batch_norms_measured_anew_give_channels_of_mean_zero():
    network = make_network("timm", "test_efficientnet")
    norm = next(m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d))
    with torch.no_grad():
        norm.weight.fill_(1)
        norm.bias.zero_()
    momentum = norm.momentum
    seen = []
    norm.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    squares = torch.randn(8, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    measure_batch_norms(network, squares)
    assert torch.allclose(norm.running_mean, seen[-1].mean(dim=(0, 2, 3)), atol=1e-5)
    assert norm.momentum == momentum
    assert not norm.training


def test_a_map_that_does_not_depend_on_the_last_layer_is_found_out(monkeypatch):
    network = red_network()
    card = red_card(network)
    pictures, _ = planted_pictures(1)
    probe, case = case_of(network, card, pictures[0])
    edges = np.broadcast_to(case.evidence, (1, 2, *case.evidence.shape))
    monkeypatch.setattr(probe, "explained", lambda squares: (None, edges))
    last, whole = randomisation(probe, [case], seed=0)
    assert last == whole == pytest.approx([1.0])


@pytest.mark.parametrize("way", [*shifts(SIDE_PX), *flips(SIDE_PX)])
def test_a_moved_map_comes_back_where_it_was(way):
    picture = torch.rand(1, 3, SIDE_PX, SIDE_PX, generator=torch.Generator().manual_seed(0))
    moved = way.move(picture)[0, 0].numpy()
    assert moved.shape == (SIDE_PX, SIDE_PX)
    assert not np.array_equal(moved, picture[0, 0].numpy())
    np.testing.assert_array_equal(way.back(moved)[way.seen], picture[0, 0].numpy()[way.seen])
    assert way.seen.mean() > 0.95


def test_correlations_agree_with_scipy_and_a_constant_map_has_none():
    from scipy.stats import pearsonr, spearmanr

    generator = np.random.default_rng(0)
    first, second = generator.random(49).round(1), generator.random(49).round(1)
    assert correlation(first, second) == pytest.approx(pearsonr(first, second).statistic)
    assert rank_correlation(first, second) == pytest.approx(spearmanr(first, second).statistic)
    assert correlation(first, np.ones(49)) == rank_correlation(np.zeros(49), second) == 0


def test_the_area_under_a_straight_line_is_its_middle():
    assert area_under(np.linspace(1, 0, 21)) == pytest.approx(0.5)
    assert area_under(np.full((2, 21), 0.3)) == pytest.approx([0.3, 0.3])


def test_whole_groups_are_resampled_and_few_of_them_give_no_interval():
    values = np.repeat(np.arange(10.0), 8)
    by_picture = measured(values, np.arange(80))
    by_group = measured(values, np.repeat(np.arange(10), 8))
    assert by_picture.value == by_group.value == 4.5
    assert by_group.high - by_group.low > 2 * (by_picture.high - by_picture.low)
    assert (by_group.units, by_picture.units) == (10, 80)
    few = measured(values, np.repeat(np.arange(4), 20))
    assert (few.low, few.high, few.units) == (None, None, 4)


def test_shares_are_summed_up_by_quantiles_and_bins():
    found = part_shares(np.linspace(0, 1, 101), np.full(101, 0.25))
    assert found.quantiles == (0.05, 0.25, 0.5, 0.75, 0.95)
    assert sum(found.histogram) == 101
    assert (found.mean, found.area) == (0.5, 0.25)


def test_the_grid_of_a_map_leaves_out_what_lies_in_the_padding():
    inside = np.zeros((64, 64), np.bool_)
    inside[16:48] = True
    assert grid_inside(inside, (4, 4)).tolist() == [
        [False] * 4,
        [True] * 4,
        [True] * 4,
        [False] * 4,
    ]


def test_a_sample_keeps_the_classes_in_proportion_and_meets_every_group():
    labels = ["a"] * 60 + ["b"] * 30 + ["c"]
    groups = [f"a{place // 10}" for place in range(60)] + [f"b{place // 10}" for place in range(31)]
    rows = choose_pictures(labels, groups, 18, seed=0)
    assert rows == tuple(sorted(set(rows)))
    assert len(rows) == 18
    counts = {name: sum(labels[row] == name for row in rows) for name in "abc"}
    assert counts["c"] == 1
    assert 11 <= counts["a"] <= 12
    assert {groups[row] for row in rows} >= {f"a{place}" for place in range(6)}
    assert rows == choose_pictures(labels, groups, 18, seed=0)
    assert rows != choose_pictures(labels, groups, 18, seed=1)


def test_a_sample_larger_than_the_test_set_is_the_test_set():
    assert choose_pictures(["a", "b", "a"], ["1", "2", "3"], 48, seed=0) == (0, 1, 2)
