"""Sentences and figures of the Count page."""

from leuko.cell_classes import BLAST, ERYTHROBLAST, LYMPHOCYTE, MONOCYTE, SEGMENTED
from leuko.differential.agreement import agreement
from leuko.differential.differential import differential
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED
from leuko.statistics.intervals import wilson_interval
from leuko.ui.count.messages import PLACES
from leuko.ui.count.wording import agreement_sentence, left_sentence, summary, table_data


def row(data, name):
    (found,) = [one for one in data["rows"] if one["place"] == PLACES[name]]
    return found


def test_the_summary_names_what_was_found_classed_and_left_open():
    counted = differential([SEGMENTED] * 5 + [ERYTHROBLAST] + [NOT_CLASSED] * 2 + [NOT_A_CELL])
    assert summary(2, 1, 3, counted) == (
        "2 fields · 8 leukocytes found · 6 classed · 2 not classed · 1 set aside as no cell · "
        "1 file not readable · 3 waiting"
    )
    assert summary(1, 0, 0, differential([SEGMENTED])) == (
        "1 field · 1 leukocyte found · 1 classed · 0 not classed"
    )


def test_per_cent_stands_with_its_interval_and_beside_the_suggested_number():
    suggested = differential([SEGMENTED] * 70 + [LYMPHOCYTE] * 30)
    reviewed = differential([SEGMENTED] * 60 + [LYMPHOCYTE] * 40 + [ERYTHROBLAST] * 5)
    data = table_data(suggested, reviewed, "")
    low, high = (100 * limit for limit in wilson_interval(40, 100))
    found = row(data, LYMPHOCYTE)
    assert (found["suggested"], found["reviewed"], found["share"]) == ("30", "40", "40")
    assert found["interval"] == f"{low:.0f}–{high:.0f}"
    assert row(data, ERYTHROBLAST)["share"].startswith("5 per 100 leukocytes (")
    assert row(data, BLAST)["kind"] == "empty"


def test_below_a_hundred_cells_no_share_is_given():
    data = table_data(differential([SEGMENTED] * 99), differential([SEGMENTED] * 99), "")
    assert row(data, SEGMENTED)["share"] == row(data, SEGMENTED)["interval"] == "–"
    assert data["remark"].startswith("No per cent yet: 99 leukocytes")


def test_a_flag_stands_at_its_class_and_says_when_it_cannot_be_told():
    labels = [SEGMENTED] * 81 + [MONOCYTE] * 18 + [BLAST]
    data = table_data(differential(labels), differential(labels), "")
    assert row(data, BLAST)["flag"] == "any"
    assert row(data, MONOCYTE)["flag"] == "≥ 20 %?"
    assert row(data, MONOCYTE)["flag_source"]
    assert any("cannot be told from 20 %" in one["sentence"] for one in data["flags"])


def test_what_is_left_to_look_at_is_said_until_nothing_is():
    assert left_sentence(1, 9).startswith("1 cell left to look at before")
    assert left_sentence(0, 9).startswith("Reviewed")
    assert left_sentence(0, 0) == ""


def test_agreement_names_change_rate_with_its_interval_and_kappa():
    suggested = [SEGMENTED] * 8 + [LYMPHOCYTE] * 2
    reviewed = [SEGMENTED] * 7 + [LYMPHOCYTE] * 3
    low, high = (100 * limit for limit in wilson_interval(1, 10))
    # Cohen (1960): observed 0.9, expected 0.8 * 0.7 + 0.2 * 0.3 = 0.62.
    assert agreement_sentence(agreement(suggested, reviewed)) == (
        f"Changed 1 of 10 looked at: 10.0 % ({low:.1f}–{high:.1f}) · kappa {0.28 / 0.38:.2f}"
    )
    assert "not measurable" in agreement_sentence(agreement([SEGMENTED], [SEGMENTED]))
    assert "once cells were looked at" in agreement_sentence(agreement([], []))
