import itertools

import pytest

from leuko.data.splitting.split import GROUPED, PAPER, Split, SplitPlan, check_split, split_dataset
from leuko.errors import SplitError
from tests.unit.data.made_samples import dataset, groups, hashes, ids, regular, sample

POLICIES = [PAPER, GROUPED]


def plan(policy=GROUPED, **changes):
    return SplitPlan(**({"policy": policy, "test": 0.2, "validation": 0.2} | changes))


def pairs(split):
    return itertools.combinations(split.sides.values(), 2)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("sequential", [False, True])
def test_every_picture_is_on_one_side_or_left_out_and_none_is_lost(policy, sequential):
    whole = regular(sequential=sequential)
    split = split_dataset(whole, plan(policy))
    parts = [*split.sides.values(), split.left_out]
    assert sum(map(len, parts)) == len(whole.samples)
    assert set.union(*map(ids, parts)) == ids(whole.samples)
    assert all(not ids(a) & ids(b) for a, b in itertools.combinations(parts, 2))


@pytest.mark.parametrize("policy", POLICIES)
def test_equal_groups_give_exactly_the_shares_that_were_asked_for(policy):
    split = split_dataset(regular(groups=10, per_group=4), plan(policy))
    assert {side: len(samples) for side, samples in split.sides.items()} == {
        "train": 48,
        "validation": 16,
        "test": 16,
    }
    for samples in split.sides.values():
        assert sum(s.label == "ALL" for s in samples) * 2 == len(samples)


def test_grouped_keeps_every_group_whole():
    split = split_dataset(regular(), plan())
    assert all(not groups(a) & groups(b) for a, b in pairs(split))


def test_paper_draws_pictures_and_divides_groups():
    split = split_dataset(regular(), plan(PAPER))
    assert groups(split.train) & groups(split.test)


@pytest.mark.parametrize("policy", POLICIES)
def test_copies_never_stand_on_both_sides(policy):
    copies = [
        sample(f"{label}-{group:02d}-copy-{n}", label, f"{label}/{group:02d}", f"twin {label} {n}")
        for label in ("HEM", "ALL")
        for n in (0, 2, 4)
        for group in (n, n + 1)
    ]
    whole = dataset([*regular().samples, *copies])
    for seed in range(5):
        split = split_dataset(whole, plan(policy, seed=seed))
        assert all(not hashes(a) & hashes(b) for a, b in pairs(split))


def test_groups_that_share_a_copy_move_together():
    shared = [
        sample("ALL-00-copy", "ALL", "ALL/00", "twin"),
        sample("ALL-07-copy", "ALL", "ALL/07", "twin"),
    ]
    whole = dataset([*regular().samples, *shared])
    for seed in range(10):
        split = split_dataset(whole, plan(seed=seed))
        for samples in split.sides.values():
            assert ("ALL/00" in groups(samples)) == ("ALL/07" in groups(samples))


@pytest.mark.parametrize("policy", POLICIES)
def test_copies_under_two_labels_never_stand_on_both_sides(policy):
    mislabelled = [
        sample("HEM-00-twin", "HEM", "HEM/00", "twin"),
        sample("ALL-00-twin", "ALL", "ALL/00", "twin"),
    ]
    whole = dataset([*regular().samples, *mislabelled])
    for seed in range(10):
        split = split_dataset(whole, plan(policy, seed=seed))
        assert all(not hashes(a) & hashes(b) for a, b in pairs(split))


@pytest.mark.parametrize("fold", range(5))
def test_a_stretch_of_the_sequence_is_tested_with_a_gap_of_one_group_on_both_sides(fold):
    split = split_dataset(regular(groups=20, sequential=True), plan(fold=fold))
    for label in ("HEM", "ALL"):
        number = {
            side: sorted(int(name[-2:]) for name in groups(samples) if name.startswith(label))
            for side, samples in split.sides.items()
        }
        assert number["test"] == list(range(fold * 4, fold * 4 + 4))
        for side, other in itertools.combinations(number.values(), 2):
            assert min(abs(a - b) for a in side for b in other) >= 2


def test_the_stretches_of_a_small_sequence_are_the_ones_worked_out_by_hand():
    split = split_dataset(
        regular(groups=10, per_group=1, sequential=True), plan(validation=0.1, fold=1)
    )
    found = {
        side: sorted(int(name[-2:]) for name in groups(samples) if name.startswith("ALL"))
        for side, samples in [*split.sides.items(), ("left out", split.left_out)]
    }
    assert found == {
        "test": [2, 3],
        "validation": [5],
        "train": [0, 7, 8, 9],
        "left out": [1, 4, 6],
    }


def test_the_folds_together_test_every_group_once():
    tested = [
        groups(split_dataset(regular(groups=20, sequential=True), plan(fold=fold)).test)
        for fold in range(5)
    ]
    assert sum(map(len, tested)) == 40
    assert len(set.union(*tested)) == 40


def test_a_copy_of_a_test_picture_is_left_out_of_training():
    twins = [
        sample("ALL-00-twin", "ALL", "ALL/00", "twin"),
        sample("ALL-19-twin", "ALL", "ALL/19", "twin"),
    ]
    whole = dataset([*regular(groups=20).samples, *twins], sequential=True)
    split = split_dataset(whole, plan())
    assert "ALL-00-twin" in ids(split.test)
    assert "ALL-19-twin" in ids(split.left_out)


@pytest.mark.parametrize("policy", POLICIES)
def test_the_same_seed_gives_the_same_split_and_another_seed_another(policy):
    whole = regular()
    first, again = (split_dataset(whole, plan(policy, seed=3)) for _ in range(2))
    assert first == again
    others = {split_dataset(whole, plan(policy, seed=seed)).sha256 for seed in range(6)}
    assert len(others) > 1


def test_the_hash_does_not_depend_on_where_the_pictures_lie_or_in_which_order():
    whole = regular()
    shuffled = dataset(reversed(whole.samples))
    assert split_dataset(whole, plan()).sha256 == split_dataset(shuffled, plan()).sha256


def test_the_hash_changes_when_one_picture_is_gone():
    whole = regular()
    less = dataset(whole.samples[1:])
    assert split_dataset(whole, plan()).sha256 != split_dataset(less, plan()).sha256


@pytest.mark.parametrize("policy", POLICIES)
def test_every_class_stands_on_every_side(policy):
    whole = dataset(
        [
            *(sample(f"a{n}", "ALL", f"A{n % 5}") for n in range(100)),
            *(sample(f"h{n}", "HEM", f"H{n % 3}") for n in range(9)),
        ]
    )
    for samples in split_dataset(whole, plan(policy)).sides.values():
        assert {s.label for s in samples} == {"HEM", "ALL"}


def made(policy=GROUPED, train=(), validation=(), test=()):
    return Split(plan(policy), tuple(train), tuple(validation), tuple(test), (), "0" * 64)


def test_a_patient_in_train_and_test_is_refused_by_name():
    split = made(train=[sample("a", "ALL", "P7")], test=[sample("b", "ALL", "P7")])
    with pytest.raises(SplitError) as caught:
        check_split(split)
    assert "Group 'P7' would stand in train (a) and in test (b)" in str(caught.value)
    assert "join them into one group" in str(caught.value)


def test_a_patient_in_validation_and_test_is_refused_by_name():
    split = made(validation=[sample("a", "ALL", "P7")], test=[sample("b", "ALL", "P7")])
    with pytest.raises(SplitError, match=r"Group 'P7' would stand in validation"):
        check_split(split)


def test_a_patient_with_cells_of_both_classes_is_refused_by_name_when_it_would_cross():
    shared = [
        *(sample(f"ALL-both-{n}", "ALL", "both") for n in range(30)),
        *(sample(f"HEM-both-{n}", "HEM", "both") for n in range(5)),
    ]
    whole = dataset([*regular().samples, *shared])
    refusals = []
    for seed in range(8):
        try:
            split = split_dataset(whole, plan(seed=seed))
        except SplitError as refusal:
            refusals.append(str(refusal))
        else:
            assert sum("both" in groups(samples) for samples in split.sides.values()) == 1
    assert refusals
    assert all("Group 'both'" in refusal for refusal in refusals)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_copy_in_train_and_test_is_refused_by_name(policy):
    split = made(
        policy,
        train=[sample("a", "ALL", "P1", "same bytes")],
        test=[sample("b", "ALL", "P2", "same bytes")],
    )
    with pytest.raises(SplitError, match=r"Byte-identical .*train \(a\) and in test \(b\)"):
        check_split(split)


def test_one_picture_on_two_sides_is_refused_by_name():
    same = sample("a", "ALL", "P1")
    with pytest.raises(SplitError, match="Picture 'a'"):
        check_split(made(PAPER, train=[same], validation=[same]))


def test_paper_may_divide_a_patient():
    check_split(made(PAPER, train=[sample("a", "ALL", "P7")], test=[sample("b", "ALL", "P7")]))


def test_too_few_groups_are_refused():
    with pytest.raises(SplitError, match="too few groups"):
        split_dataset(regular(groups=2), plan())


def test_too_few_groups_for_stretches_and_gaps_are_refused():
    with pytest.raises(SplitError, match="3 groups of HEM are too few"):
        split_dataset(regular(groups=3, sequential=True), plan(test=0.4, validation=0.4, fold=1))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"policy": "random"}, "No split policy 'random'; known are: paper, grouped"),
        ({"test": 0.0}, "above 0"),
        ({"test": 0.6, "validation": 0.4}, "sum below 1"),
        ({"fold": 5}, "folds 0 to 4"),
        ({"fold": -1}, "Fold -1"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(changes, reason):
    with pytest.raises(SplitError, match=reason):
        plan(**changes)


@pytest.mark.parametrize("test", [0.1, 0.2, 0.25, 0.3, 0.05])
def test_the_last_fold_that_a_plan_allows_can_be_split(test):
    last = int(1 / test) - 1
    whole = regular(groups=40, per_group=1, sequential=True)
    split = split_dataset(whole, plan(test=test, validation=0.1, fold=last))
    assert split.test
