"""The sentences on own pictures that a model leaves out, counts anyway, or would not answer."""

import pytest

from leuko.decision.verdict import Verdict
from leuko.labels import InputKind
from leuko.ui.performance.external.refusal_wording import (
    Share,
    anyway_sentence,
    deferred_sentence,
    kinds_of,
    refusal_sentence,
)

FITS = Verdict("ALL", 0.9, InputKind.FIELD, kind=InputKind.FIELD, kind_fits=True)
UNSURE = Verdict("ALL", 0.9, InputKind.FIELD, kind_fits=True, deferred=True)


def other(kind, **changes):
    options = {"kind": kind, "kind_fits": False, "deferred": True} | changes
    return Verdict("ALL", 0.9, InputKind.FIELD, **options)


CELL, BLACK, NONE = other(InputKind.CROP), other(InputKind.SEGMENTED), other(None)


@pytest.mark.parametrize(
    ("refused", "share", "said"),
    [
        ([CELL] * 12, Share(1, 13),
         "12 of your 13 images look like single-cell crops; this model reads whole fields. They "
         "are left out of its figures."),
        ([CELL], Share(12, 13),
         "1 of your 13 images looks like a single-cell crop; this model reads whole fields. It is "
         "left out of its figures."),
        ([CELL] * 13, Share(0, 13),
         "All your 13 images look like single-cell crops; this model reads whole fields. It gives "
         "no figures on them."),
        ([NONE], Share(0, 1),
         "Your image looks like no blood picture; this model reads whole fields. It gives no "
         "figures on it."),
        ([BLACK, CELL, NONE, CELL], Share(9, 13),
         "2 of your 13 images look like single-cell crops, 1 like a segmented cell on black and 1 "
         "like no blood picture; this model reads whole fields. These 4 are left out of its "
         "figures."),
        ([CELL, CELL, NONE], Share(0, 3),
         "2 of your 3 images look like single-cell crops and 1 like no blood picture; this model "
         "reads whole fields. It gives no figures on them."),
    ],
)  # fmt: skip
def test_it_says_how_many_are_of_which_kind_and_what_the_model_reads(refused, share, said):
    assert refusal_sentence(refused, share) == said


def test_what_is_used_anyway_is_said_to_mean_nothing():
    used = [other(InputKind.CROP, used_anyway=True)] * 12
    assert anyway_sentence(used, Share(13, 13, 12)) == (
        "12 of your 13 images look like single-cell crops; this model reads whole fields. They are "
        "used anyway: what it says about them means nothing."
    )


def test_models_are_offered_for_the_most_common_kind_first_and_never_for_no_blood():
    assert kinds_of([NONE, NONE, NONE, BLACK, CELL, CELL]) == [InputKind.CROP, InputKind.SEGMENTED]


def test_without_anything_left_out_no_number_is_added():
    assert Share(13, 13).heading == "on your images"
    assert Share(13, 13).title == "on own images"
    assert Share(1, 1).on == "On your 1 image"


def test_the_number_of_images_stands_in_headings_and_titles_where_some_do_not_count():
    assert Share(1, 13).heading == "on 1 of your 13 images"
    assert Share(1, 13).title == "on 1 of 13 own images"
    assert Share(13, 13, 12).heading == "on your 13 images, 12 of them used anyway"
    assert Share(13, 15, 12).title == "on 13 of 15 own images, 12 used anyway"
    assert Share(13, 15, 12).cell == "13 of 15, 12 used anyway"


def test_it_says_how_many_images_diagnose_would_leave_to_a_person():
    assert deferred_sentence([FITS, FITS], [True, False]) == ""
    assert deferred_sentence([FITS, UNSURE, FITS, FITS], [True, True, True, False]) == (
        "On Diagnose 1 of these 4 images (25 %) would be left to a person; the figures here count "
        "all 4. Where it would answer by itself, it is right on malignant or benign in 2 of 3."
    )


def test_where_diagnose_would_answer_nothing_no_accuracy_is_given():
    assert deferred_sentence([UNSURE], [True]) == (
        "On Diagnose this image would be left to a person; the figures here count it."
    )
    assert deferred_sentence([UNSURE, UNSURE], [True, True]) == (
        "On Diagnose all of these 2 images would be left to a person; the figures here count all 2."
    )
