import pytest

from leuko.data.splitting.folds import fold_sides, stretch_sides
from leuko.data.splitting.split import SplitPlan, split_dataset
from leuko.errors import SplitError
from tests.unit.data.made_samples import groups, ids, regular, sample


def splits(data, policy, folds, seed=0):
    return [
        split_dataset(data, SplitPlan(policy, 1 / folds, 0.15, seed, fold, folds))
        for fold in range(folds)
    ]


@pytest.mark.parametrize("policy", ["paper", "grouped"])
@pytest.mark.parametrize("sequential", [False, True])
def test_every_picture_is_tested_exactly_once(policy, sequential):
    data = regular(groups=12, sequential=sequential)
    tested = [name for split in splits(data, policy, 4) for name in sorted(ids(split.test))]
    assert sorted(tested) == sorted(ids(data.samples))


def test_grouped_folds_never_divide_a_group():
    for split in splits(regular(groups=10), "grouped", 5):
        assert not groups(split.test) & (groups(split.train) | groups(split.validation))
        assert not groups(split.validation) & groups(split.train)


def test_each_fold_has_about_the_same_mixture_of_classes():
    for split in splits(regular(groups=10), "paper", 5):
        labels = [s.label for s in split.test]
        assert labels.count("ALL") == labels.count("HEM") == 8


def test_stretches_leave_a_gap_of_one_group_on_every_border():
    data = regular(groups=12, per_group=1, sequential=True)
    for split in splits(data, "grouped", 4):
        places = {
            name: {int(s.group.split("/")[1]) for s in side if s.label == "ALL"}
            for name, side in split.sides.items()
        }
        for place in places["test"]:
            assert not {place - 1, place + 1} & (places["train"] | places["validation"])
        for place in places["validation"]:
            assert not {place - 1, place + 1} & places["train"]


def test_copies_never_stand_on_two_sides_of_a_fold():
    data = regular(groups=10)
    twins = [sample(f"copy-{k}", "ALL", f"ALL/{k:02d}", content=f"twin {k // 2}") for k in range(8)]
    from tests.unit.data.made_samples import dataset

    for split in splits(dataset([*data.samples, *twins]), "paper", 4):
        hashes = [{s.sha256 for s in side} for side in split.sides.values()]
        assert not hashes[0] & hashes[1]
        assert not hashes[0] & hashes[2]
        assert not hashes[1] & hashes[2]


def test_too_few_groups_are_refused_with_what_to_do():
    samples = regular(groups=3).samples
    units = [s.group for s in samples]
    with pytest.raises(SplitError, match="3 groups, too few for 5 folds"):
        fold_sides(samples, units, folds=5, fold=0, validation=0.1, seed=0)
    few = [s for s in regular(groups=4, sequential=True).samples if s.label == "ALL"]
    with pytest.raises(SplitError, match="too few for 3 folds with gaps"):
        stretch_sides(few, folds=3, fold=0, validation=0.2)


def test_a_fold_that_does_not_exist_is_refused():
    with pytest.raises(SplitError, match="does not exist"):
        SplitPlan("grouped", 0.2, 0.1, 0, 5, 5)


def test_the_same_seed_gives_the_same_folds_and_another_seed_others():
    data = regular(groups=20)
    first = [split.sha256 for split in splits(data, "grouped", 4)]
    assert first == [split.sha256 for split in splits(data, "grouped", 4)]
    assert first != [split.sha256 for split in splits(data, "grouped", 4, seed=1)]
