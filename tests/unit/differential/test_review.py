import pytest

from leuko.differential.counted import cells_of, each_once, most_uncertain_first
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED, Review
from leuko.differential.to_review import is_reviewed, left_to_review, must_be_seen
from tests.unit.differential.made_counts import made_cell, made_field

FIRST, SECOND, THIRD = ("a" * 64, 1), ("a" * 64, 2), ("a" * 64, 3)


@pytest.fixture
def field():
    return made_field(
        made_cell(1, "Lymphocyte"), made_cell(2, "Monocyte"), made_cell(3, "Blast cell")
    )


def test_a_change_gives_a_new_review_and_leaves_the_old_one():
    before = Review()
    after = before.apply([FIRST], "Monocyte", "reader")
    assert before.label_of(FIRST) is None
    assert after.label_of(FIRST) == "Monocyte"
    assert after.is_seen(FIRST)
    assert not before.is_seen(FIRST)


def test_many_cells_change_at_once_and_are_one_step():
    review = Review().apply([FIRST, SECOND, THIRD, FIRST], NOT_A_CELL)
    assert len(review.history) == 1
    assert review.history[0].keys == (FIRST, SECOND, THIRD)
    back = review.undo()
    assert back.labels == {}
    assert not back.can_undo


def test_undo_and_redo_walk_through_every_step():
    first = Review().apply([FIRST], "Monocyte")
    second = first.apply([FIRST, SECOND], NOT_CLASSED)
    assert second.undo().labels == first.labels
    assert second.undo().undo().labels == {}
    assert second.undo().undo().redo().labels == first.labels
    assert second.undo().undo().redo().redo().labels == second.labels
    assert Review().undo() == Review()
    assert second.redo() == second


def test_a_new_change_ends_what_could_be_redone():
    review = Review().apply([FIRST], "Monocyte").undo().apply([FIRST], "Basophil")
    assert not review.can_redo
    assert review.undo().labels == {}


def test_the_history_only_grows_and_says_who_changed_what_from_what_to_what():
    review = (
        Review().apply([FIRST], "Monocyte", "one").apply([FIRST], "Basophil", "two").undo("two")
    )
    assert [(s.action, s.previous, s.labels, s.reader) for s in review.history] == [
        ("apply", (None,), ("Monocyte",), "one"),
        ("apply", ("Monocyte",), ("Basophil",), "two"),
        ("undo", ("Basophil",), ("Monocyte",), "two"),
    ]


def test_a_cell_that_bears_the_label_already_is_seen_and_not_changed():
    review = Review().apply([FIRST], "Monocyte")
    again = review.apply([FIRST, SECOND], "Monocyte")
    assert again.history[-1].keys == (SECOND,)
    assert again.apply([FIRST], "Monocyte") == again


def test_a_label_that_is_none_is_refused():
    with pytest.raises(ValueError, match="Smudge"):
        Review().apply([FIRST], "Smudge")


def test_the_reviewed_label_is_the_readers_or_else_the_suggestion(field):
    review = Review().apply([SECOND], NOT_A_CELL).seen([FIRST])
    assert review.reviewed(cells_of([field])) == {
        FIRST: "Lymphocyte", SECOND: NOT_A_CELL, THIRD: "Blast cell",
    }  # fmt: skip


def test_every_blast_unsure_and_deferred_cell_must_be_seen_and_no_other():
    assert must_be_seen(made_cell(1, "Blast cell", 0.99))
    assert must_be_seen(made_cell(1, "Lymphocyte", 0.9, deferred=True))
    assert must_be_seen(made_cell(1, "Lymphocyte", 0.45))
    in_its_set = ("Lymphocyte", "Blast cell")
    assert must_be_seen(made_cell(1, "Lymphocyte", 0.9, prediction_set=in_its_set))
    assert not must_be_seen(made_cell(1, "Lymphocyte", 0.9, prediction_set=("Lymphocyte",)))
    assert not must_be_seen(made_cell(1, "Lymphocyte", 0.9))


def test_a_count_is_reviewed_once_all_that_must_be_seen_were(field):
    assert left_to_review([field], Review()) == [THIRD]
    assert not is_reviewed([field], Review())
    assert is_reviewed([field], Review().seen([THIRD]))
    assert is_reviewed([field], Review().apply([THIRD], "Lymphocyte"))
    assert not is_reviewed([made_field()], Review())


def test_deferred_cells_come_first_then_the_less_certain():
    field = made_field(
        made_cell(1, "Lymphocyte", 0.6), made_cell(2, "Monocyte", 0.95, deferred=True),
        made_cell(3, "Basophil", 0.9),
    )  # fmt: skip
    assert most_uncertain_first(cells_of([field])) == [SECOND, FIRST, THIRD]


def test_a_further_copy_of_a_picture_is_not_counted_again(field):
    copy = made_field(*field.cells, name="copy.png")
    other = made_field(*field.cells, name="other.png", sha256="b" * 64)
    broken = made_field(name="broken.png", sha256="", error="damaged")
    kept = list(each_once([field, broken, copy, other, broken]))
    assert [one.name for one in kept] == ["field.png", "broken.png", "other.png", "broken.png"]
    assert len(cells_of(kept)) == 6
