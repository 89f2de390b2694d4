"""Figures on labelled cells against scikit-learn, statsmodels and counting by hand."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, recall_score, roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from leuko.cell_classes import CELL_CLASSES, GROUPS, LABEL_SETS, group_of
from leuko.evaluation.cells.figures import cell_figures
from leuko.evaluation.cells.pooled import pooled_figures
from tests.made_cell_tables import hand_cells, made_cells

FINE = {"munich": CELL_CLASSES, "acevedo": CELL_CLASSES[:6]}
THRESHOLD = 0.3


@pytest.fixture
def fine():
    return made_cells(FINE, cells=240, strength=1.5)


@pytest.fixture
def coarse():
    return made_cells(cells=200, strength=1.5)


def suggestions(table, threshold=THRESHOLD):
    """The rule, cell by cell: the side by the threshold, then the most probable of that side."""
    names = []
    for row in table.probabilities:
        by_name = dict(zip(CELL_CLASSES, row, strict=True))
        blast = by_name.pop("Blast cell")
        names.append("Blast cell" if blast >= threshold else max(by_name, key=by_name.get))
    return names


def test_classes_agree_with_scikit_learn(fine):
    found, said = cell_figures(fine, THRESHOLD), suggestions(fine)
    assert found.balanced_accuracy.value == pytest.approx(
        balanced_accuracy_score(fine.labels, said)
    )
    recalls = recall_score(fine.labels, said, labels=CELL_CLASSES, average=None)
    assert [one.right.value for one in found.labels] == pytest.approx(list(recalls))
    assert found.accuracy.value == pytest.approx(np.mean(np.array(fine.labels) == said))
    expected = confusion_matrix(fine.labels, said, labels=CELL_CLASSES)
    assert np.array(found.confusion).tolist() == expected.tolist()


def test_groups_of_classes_agree_with_scikit_learn(fine):
    found = cell_figures(fine, THRESHOLD)
    truth = [group_of(label) for label in fine.labels]
    said = [group_of(name) for name in suggestions(fine)]
    assert found.group_balanced_accuracy.value == pytest.approx(
        balanced_accuracy_score(truth, said)
    )
    assert found.group_accuracy.value == pytest.approx(np.mean(np.array(truth) == np.array(said)))
    assert [one.name for one in found.class_groups] == list(GROUPS)


def test_blasts_agree_with_scikit_learn(coarse):
    table = coarse.of("munich")
    found = cell_figures(table, THRESHOLD)
    blast = np.array(table.labels) == "Blast cell"
    score = table.probabilities[:, CELL_CLASSES.index("Blast cell")]
    called = score >= THRESHOLD
    assert found.auroc.value == pytest.approx(roc_auc_score(blast, score))
    assert found.sensitivity.value == pytest.approx(recall_score(blast, called))
    assert found.specificity.value == pytest.approx(recall_score(~blast, ~called))
    assert found.false_blasts == int((called & ~blast).sum())
    assert found.false_blast_share.value == pytest.approx((called & ~blast).sum() / (~blast).sum())


def test_a_coarse_label_is_met_by_each_of_its_classes(coarse):
    found = {one.name: one.right.value for one in cell_figures(coarse, THRESHOLD).labels}
    said = suggestions(coarse)
    for label in set(coarse.labels):
        right = [
            name in LABEL_SETS[label]
            for truth, name in zip(coarse.labels, said, strict=True)
            if truth == label
        ]
        assert found[label] == pytest.approx(np.mean(right))


def test_intervals_are_those_of_groups_drawn_by_brute_force(coarse):
    table = coarse.of("wbc_segmentation")
    found = cell_figures(table, THRESHOLD).balanced_accuracy
    labels, groups = np.array(table.labels), np.array(table.group_ids)
    right = np.array(
        [name in LABEL_SETS[label]
         for label, name in zip(table.labels, suggestions(table), strict=True)]
    )  # fmt: skip
    names, generator, drawn = np.unique(groups), np.random.default_rng(5), []
    for _ in range(2000):
        chosen = np.concatenate(
            [np.flatnonzero(groups == one) for one in generator.choice(names, len(names))]
        )
        parts = [right[chosen][labels[chosen] == label] for label in set(table.labels)]
        drawn.append(np.mean([part.mean() for part in parts]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))
    assert found.method == "bootstrap over 50 groups"


def test_cells_that_stand_alone_get_wilson_s_interval():
    table = made_cells({"one": ("Blast cell", "Lymphocyte")}, cells=60, group_size=1, strength=1.0)
    found = cell_figures(table, 0.5)
    low, high = proportion_confint(
        found.sensitivity.hits, found.sensitivity.trials, method="wilson"
    )
    assert (found.sensitivity.low, found.sensitivity.high) == pytest.approx((low, high))
    assert found.auroc.method == "DeLong"
    assert found.labels[0].right.method == "Wilson"


def test_hand_counted_cells():
    """Blasts 1 of 2 called so, others 3 of 4 left alone; labels right 1/2, 2/3 and 1/1."""
    found = cell_figures(
        hand_cells(
            [
                ("a", "Blast cell", "Blast cell"),
                ("a", "Blast cell", "Lymphocyte"),
                ("b", "Neutrophil", "Band neutrophil"),
                ("b", "Neutrophil", "Segmented neutrophil"),
                ("c", "Neutrophil", "Blast cell"),
                ("c", "Not a blast cell", "Erythroblast"),
            ]
        ),
        0.5,
    )
    assert (found.cells, found.groups, found.blasts, found.others) == (6, 3, 2, 4)
    assert (found.sensitivity.value, found.specificity.value) == (0.5, 0.75)
    assert (found.false_blasts, found.false_blast_share.value) == (1, 0.25)
    assert found.balanced_accuracy.value == pytest.approx((1 / 2 + 2 / 3 + 1) / 3)
    assert [(one.name, one.cells) for one in found.labels] == [
        ("Neutrophil", 3), ("Blast cell", 2), ("Not a blast cell", 1),
    ]  # fmt: skip
    assert found.group_balanced_accuracy.value == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found.group_accuracy.trials == 5, "'Not a blast cell' lies in no one group"


def test_what_has_no_case_is_not_measurable_and_never_0():
    found = cell_figures(
        hand_cells([("a", "Monocyte", "Monocyte"), ("b", "Basophil", "Monocyte")]), 0.5
    )
    for figure in (found.auroc, found.sensitivity):
        assert figure.text() == "not measurable (0 cases)"
    assert found.specificity.value == 1
    assert found.balanced_accuracy.value == 0.5


def test_a_model_that_always_says_the_same_shines_in_no_laboratory_of_one_label():
    found = cell_figures(hand_cells([("a", "Blast cell", "Blast cell")] * 3), 0.5)
    assert found.accuracy.value == 1
    assert found.balanced_accuracy.text() == "not measurable (1 label)"


def test_where_no_label_lies_in_a_group_of_classes_that_figure_is_not_measurable():
    found = cell_figures(hand_cells([("a", "Not a blast cell", "Monocyte")]), 0.5)
    assert found.group_accuracy.text() == "not measurable (0 cases)"
    assert found.group_balanced_accuracy.text() == "not measurable (0 cases)"


def test_pooled_figures_are_those_of_all_and_of_each_laboratory(fine):
    found = pooled_figures(fine, THRESHOLD)
    assert found.everyone == cell_figures(fine, THRESHOLD)
    assert [one.laboratory for one in found.laboratories] == ["acevedo", "munich"]
    assert found.laboratories[1] == cell_figures(fine.of("munich"), THRESHOLD, "munich")


def test_cells_of_no_named_laboratory_are_only_pooled():
    table = hand_cells([("a", "Monocyte", "Monocyte"), ("b", "Basophil", "Monocyte")], "")
    assert pooled_figures(table, 0.5).laboratories == ()
