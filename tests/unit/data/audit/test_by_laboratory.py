"""Whether the laboratory can be told, and audits of cells in boxes."""

from dataclasses import replace

import numpy as np
import pytest

from leuko import cell_classes as cells
from leuko.cli.audit import audit_lines
from leuko.data.audit import by_laboratory
from leuko.data.audit import shortcut_baselines as shortcuts
from leuko.data.audit.audit import audit_dataset
from leuko.data.audit.by_laboratory import guess_from
from leuko.data.dataset import Dataset, Sample, hash_file
from leuko.data.splitting.split import GROUPED, SplitPlan
from leuko.inspection.cells.found import Box
from leuko.labels import InputKind
from tests import drawn
from tests.made_cells import resized

PLAN = SplitPlan(GROUPED, 0.2, 0.2)
SIDE_PX = 96


def dataset(samples, **changed):
    made = Dataset(
        id="made",
        title="Made cells",
        kind=InputKind.CROP,
        classes=cells.class_set(),
        samples=tuple(sorted(samples, key=lambda s: s.image_id)),
        group_meaning="picture",
        sequential=False,
        licence="-",
        source="-",
        label_sets=cells.LABEL_SETS,
    )
    return replace(made, **changed)


@pytest.fixture(scope="module")
def two_laboratories(tmp_path_factory):
    """Blasts and others of two laboratories, of which the second enlarged its pictures."""
    folder = tmp_path_factory.mktemp("two")
    samples = []
    for number in range(40):
        blast, second = number % 2 == 0, number >= 20
        pixels = drawn.draw_crop(number, False, SIDE_PX)
        if second:
            pixels = resized(resized(pixels, SIDE_PX // 2, SIDE_PX // 2), SIDE_PX, SIDE_PX)
        path = folder / f"{number:02}.png"
        path.write_bytes(drawn.encode(pixels, "PNG"))
        label = cells.BLAST if blast else cells.NOT_A_BLAST
        laboratory = "enlarged" if second else "plain"
        name = path.stem
        samples.append(Sample(name, path, label, name, hash_file(path), laboratory=laboratory))
    return audit_dataset(dataset(samples), [PLAN])


def value(found, name):
    return next(s.balanced_accuracy for s in found if s.name == name)


def test_enlarged_pictures_are_told_by_their_sharpness_and_not_by_their_size(two_laboratories):
    found = two_laboratories.laboratories
    assert found.chance == 0.5
    assert value(found.shortcuts, shortcuts.SHARPNESS) == 1
    assert value(found.shortcuts, shortcuts.SIZE) == 0.5


def test_the_class_is_not_told_by_the_sharpness_where_both_laboratories_hold_both(two_laboratories):
    (grouped,) = two_laboratories.policies
    assert value(grouped.shortcuts, shortcuts.SHARPNESS) < 0.75


def test_labels_are_counted_by_laboratory_coarse_ones_as_well(two_laboratories):
    assert two_laboratories.classes == {"Blast cell": 20, "Not a blast cell": 20}
    assert two_laboratories.chance == 0.5
    each = {"Blast cell": 10, "Not a blast cell": 10}
    assert two_laboratories.laboratories.labels == {"enlarged": each, "plain": each}


def test_the_words_name_each_laboratory_and_what_it_is_told_by(two_laboratories):
    said = "\n".join(audit_lines(two_laboratories))
    assert "plain                  20: Blast cell 10, Not a blast cell 10" in said
    assert "sharpness              balanced accuracy 1.00 (chance 0.50)" in said


def test_a_set_of_one_laboratory_has_no_such_part(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(drawn.encode(drawn.draw_crop(1, False, 64), "PNG"))
    one = Sample("a", path, cells.BLAST, "a", hash_file(path))
    audit = audit_dataset(dataset([one]), [PLAN])
    assert audit.laboratories is None
    assert not any("Laboratories" in line for line in audit_lines(audit))


def test_cells_of_one_picture_are_neither_copies_nor_near_copies(tmp_path):
    pixels = drawn.draw_field(5, True, 256)
    pixels[20:84, 20:84] = drawn.draw_crop(1, True, 64)
    pixels[150:214, 150:214] = drawn.draw_crop(2, False, 64)
    samples = []
    for name in ("a", "b"):  # b is the same field, darker
        path = tmp_path / f"{name}.png"
        shown = pixels if name == "a" else (pixels * 0.9).astype(np.uint8)
        path.write_bytes(drawn.encode(shown, "PNG"))
        for number, box in enumerate((Box(20, 20, 64, 64), Box(150, 150, 64, 64)), 1):
            samples.append(
                Sample(f"{name}#{number}", path, cells.BLAST, name, hash_file(path), box)
            )
    audit = audit_dataset(dataset(samples), [PLAN])
    assert audit.copies == ()
    assert {(p.first, p.second) for p in audit.near_copies} == {("a#1", "b#1"), ("a#2", "b#2")}


@pytest.mark.parametrize(("labels", "looked_at"), [(2, 40), (4, 20)])
def test_with_many_labels_evenly_spaced_pictures_are_guessed_from(monkeypatch, labels, looked_at):
    seen = []
    monkeypatch.setattr(by_laboratory, "MOST_GUESSES", 80)
    monkeypatch.setattr(
        by_laboratory, "guess_classes", lambda numbers, *_: seen.append(numbers[:, 0].tolist())
    )
    numbers = np.arange(40.0)[:, None]
    names = [str(number % labels) for number in range(40)]
    guess_from({"made": numbers}, names, names, 0)
    assert seen == [np.arange(0.0, 40.0, 40 // looked_at).tolist()]
