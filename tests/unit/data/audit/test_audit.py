import json
import shutil

import numpy as np
import pytest
from PIL import Image

from leuko.data.audit import shortcut_baselines as shortcuts
from leuko.data.audit.audit import audit_dataset, crossings
from leuko.data.audit.near_duplicates import NearCopy
from leuko.data.registry import read_dataset
from leuko.data.splitting.split import GROUPED, PAPER, Split, SplitPlan
from tests import drawn, made_audits
from tests.unit.data.made_samples import sample

PLANS = [SplitPlan(policy, 0.2, 0.2) for policy in (GROUPED, PAPER)]


def under(audit, policy):
    return next(found for found in audit.policies if found.policy == policy)


def reached(audit, name, policy=GROUPED):
    return next(s.balanced_accuracy for s in under(audit, policy).shortcuts if s.name == name)


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Fields whose classes differ in nothing."""
    folder = made_audits.make_fields(tmp_path_factory.mktemp("clean") / "fields")
    return folder, audit_dataset(made_audits.read_fields(folder), PLANS)


def test_every_picture_is_counted_by_class_and_group(clean):
    _, audit = clean
    assert audit.pictures == audit.examined == 40
    assert audit.classes == {"Healthy": 20, "Blast": 20}
    assert len(audit.groups) == 10
    assert audit.groups["Blast/2"] == {"Blast": 4}


def test_where_nothing_is_planted_nothing_is_found(clean):
    _, audit = clean
    assert audit.copies == audit.near_copies == ()
    grouped = under(audit, GROUPED)
    assert grouped.crossings.copies == grouped.crossings.near_copies == ()
    assert grouped.crossings.groups == ()
    assert reached(audit, shortcuts.BACKGROUND) < 0.75
    assert reached(audit, shortcuts.SIZE) == audit.chance == 0.5


def test_the_random_split_divides_groups_and_the_audit_names_them(clean):
    _, audit = clean
    assert "Blast/0" in under(audit, PAPER).crossings.groups


def test_a_planted_background_colour_is_found(tmp_path):
    folder = made_audits.make_fields(tmp_path / "f", tint=(1.0, 0.9, 0.95))
    audit = audit_dataset(made_audits.read_fields(folder), PLANS[:1])
    assert reached(audit, shortcuts.BACKGROUND) == 1
    assert reached(audit, shortcuts.SIZE) == 0.5


@pytest.fixture
def leaky(clean, tmp_path):
    """The clean fields with one copy and three near copies of one picture in other groups."""
    folder = tmp_path / "fields"
    shutil.copytree(clean[0], folder)
    original = min(folder.glob("Healthy-0-*"))
    with Image.open(original) as image:
        pixels = np.asarray(image)
    shutil.copy(original, folder / "Healthy-1-copy.png")
    (folder / "Healthy-2-jpeg.jpg").write_bytes(drawn.encode(pixels, "JPEG", quality=70))
    shifted = np.roll(pixels, 1, axis=1)
    (folder / "Healthy-3-shifted.png").write_bytes(drawn.encode(shifted, "PNG"))
    brighter = np.minimum(pixels * 1.1, 255).astype(np.uint8)
    (folder / "Healthy-4-brighter.png").write_bytes(drawn.encode(brighter, "PNG"))
    return made_audits.read_fields(folder), original.name


def test_planted_copies_and_near_copies_are_found(leaky):
    dataset, original = leaky
    audit = audit_dataset(dataset, PLANS[:1])
    assert audit.copies == ((original, "Healthy-1-copy.png"),)
    assert audit.n_copies == 1
    near = {name for pair in audit.near_copies for name in (pair.first, pair.second)}
    assert near == {
        original,
        "Healthy-1-copy.png",
        "Healthy-2-jpeg.jpg",
        "Healthy-3-shifted.png",
        "Healthy-4-brighter.png",
    }


def test_near_copies_on_two_sides_of_the_split_are_named_and_copies_never_are(leaky):
    dataset, _ = leaky
    for policy in audit_dataset(dataset, PLANS).policies:
        assert policy.crossings.near_copies
        assert policy.crossings.copies == ()


def test_a_split_that_leaks_is_described_down_to_the_picture():
    split = Split(
        PLANS[0],
        train=(sample("a", "ALL", "P1", "twin"), sample("b", "ALL", "P2")),
        validation=(),
        test=(sample("c", "ALL", "P1", "twin"), sample("d", "ALL", "P3")),
        left_out=(sample("e", "ALL", "P3"),),
        sha256="0" * 64,
    )
    near = [NearCopy("a", "b", 3), NearCopy("b", "d", 4), NearCopy("b", "e", 5)]
    found = crossings(split, near)
    assert found.copies == (("a", "c"),)
    assert found.near_copies == (NearCopy("b", "d", 4),)
    assert found.groups == ("P1",)


def test_a_split_that_cannot_be_is_reported_and_the_rest_still_audited(tmp_path):
    folder = made_audits.make_fields(tmp_path / "f", groups=1)
    (grouped,) = audit_dataset(made_audits.read_fields(folder), PLANS[:1]).policies
    assert "too few groups" in grouped.problem
    assert grouped.crossings is None
    assert {s.balanced_accuracy for s in grouped.shortcuts} == {None}


def test_a_picture_that_cannot_be_read_is_named_and_the_others_are_audited(clean, tmp_path):
    shutil.copytree(clean[0], tmp_path / "f")
    (tmp_path / "f" / "Blast-0-broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    audit = audit_dataset(made_audits.read_fields(tmp_path / "f"), PLANS)
    assert [each.image_id for each in audit.unreadable] == ["Blast-0-broken.png"]
    assert audit.examined == audit.pictures - 1 == clean[1].examined


def test_the_same_pictures_give_the_same_audit(clean):
    folder, audit = clean
    assert audit_dataset(made_audits.read_fields(folder), PLANS) == audit


def test_the_json_holds_every_figure_and_nothing_of_the_machine(clean):
    folder, audit = clean
    text = audit.to_json()
    record = json.loads(text)
    assert record["classes"] == {"Healthy": 20, "Blast": 20}
    assert record["policies"][0]["shortcuts"][0]["name"] == shortcuts.BACKGROUND
    assert str(folder) not in text


def test_of_a_very_large_set_evenly_spaced_pictures_are_looked_at(clean, monkeypatch):
    monkeypatch.setattr("leuko.data.audit.audit.MOST_PICTURES", 15)
    audit = audit_dataset(made_audits.read_fields(clean[0]), PLANS[:1])
    assert audit.pictures == 40
    assert audit.examined == 14


@pytest.fixture(scope="module")
def taleqani(real_images):
    dataset = read_dataset("taleqani", real_images)
    return audit_dataset(dataset, [SplitPlan(GROUPED, 0.2, 0.12, fold=2)])


@pytest.mark.real_images
def test_taleqani_has_37_byte_identical_copies_and_58_pairs_of_near_copies(taleqani):
    assert taleqani.n_copies == 37
    assert all(name.startswith("Pro/") for same in taleqani.copies for name in same)
    assert len(taleqani.near_copies) == 58


@pytest.mark.real_images
def test_on_taleqani_the_background_colour_and_the_scale_bar_give_the_class_away(taleqani):
    assert taleqani.chance == 0.25
    assert reached(taleqani, shortcuts.BACKGROUND) > 0.8
    assert reached(taleqani, shortcuts.CORNER) > 0.7
    assert reached(taleqani, shortcuts.SIZE) == pytest.approx(0.25, abs=0.01)


@pytest.mark.real_images
def test_blocks_of_file_numbers_keep_all_but_one_pair_of_taleqani_apart(taleqani):
    found = under(taleqani, GROUPED).crossings
    assert found.groups == found.copies == ()
    assert [(pair.first[-7:], pair.second[-7:]) for pair in found.near_copies] == [
        ("387.jpg", "506.jpg")
    ]
