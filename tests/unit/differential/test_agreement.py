import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from statsmodels.stats.proportion import proportion_confint

from leuko.cell_classes import CELL_CLASSES
from leuko.differential.agreement import agreement, agreement_of
from leuko.differential.review import NOT_A_CELL, READER_LABELS, Review
from tests.unit.differential.made_counts import made_cell, made_field


@pytest.mark.parametrize("seed", range(4))
def test_kappa_and_table_are_those_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    suggested = rng.choice(CELL_CLASSES[:6], 150).tolist()
    reviewed = [one if rng.random() < 0.8 else str(rng.choice(READER_LABELS)) for one in suggested]
    found = agreement(suggested, reviewed)
    assert found.kappa == pytest.approx(cohen_kappa_score(suggested, reviewed))
    expected = confusion_matrix(suggested, reviewed, labels=list(found.labels))
    assert np.array_equal(found.table, expected)
    changed = sum(a != b for a, b in zip(suggested, reviewed, strict=True))
    assert (found.all.n, found.all.changed) == (150, changed)
    assert found.all.interval == pytest.approx(proportion_confint(changed, 150, method="wilson"))


def test_cohens_own_kind_of_example_gives_its_kappa():
    """20 and 15 agreed of 50, 5 and 10 not: kappa 0.4."""
    yes, no = "Blast cell", "Lymphocyte"
    suggested = [yes] * 25 + [no] * 25
    reviewed = [yes] * 20 + [no] * 5 + [yes] * 10 + [no] * 15
    found = agreement(suggested, reviewed)
    assert found.kappa == pytest.approx(0.4)
    assert found.all.rate == pytest.approx(0.3)
    assert found.by_class[yes].changed == 5
    assert found.by_class[no].rate == pytest.approx(0.4)


def test_nothing_to_agree_on_has_no_kappa():
    assert agreement([], []).kappa is None
    assert agreement([], []).all.rate is None
    assert agreement([], []).all.interval is None
    assert agreement(["Monocyte"] * 5, ["Monocyte"] * 5).kappa is None


def test_cells_that_nobody_looked_at_are_left_out():
    field = made_field(*(made_cell(number, "Lymphocyte") for number in range(1, 6)))
    review = Review().apply([("a" * 64, 1)], NOT_A_CELL).seen([("a" * 64, 2)])
    found = agreement_of([field], review)
    assert (found.all.n, found.all.changed) == (2, 1)


def test_labels_that_do_not_pair_are_refused():
    with pytest.raises(ValueError, match="1 suggestions and 0"):
        agreement(["Monocyte"], [])
    with pytest.raises(ValueError, match="Smudge"):
        agreement(["Monocyte"], ["Smudge"])
