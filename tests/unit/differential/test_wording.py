from leuko.differential.differential import differential
from leuko.differential.wording import interval_words, per_cent_words, per_hundred_words, summary


def row(count, name):
    return next(one for one in (*count.rows, *count.beside) if one.name == name)


def words(labels, name="Blast cell"):
    count = differential(labels)
    found = row(count, name)
    return per_cent_words(found, count), interval_words(found, count)


def test_per_cent_is_whole_until_one_cell_is_half_a_per_cent():
    assert words(["Blast cell"] * 20 + ["Monocyte"] * 80) == ("20", "13–29")
    assert words(["Blast cell"] * 41 + ["Monocyte"] * 159) == ("20.5", "15.5–26.6")


def test_below_a_hundred_cells_a_dash_stands_for_it():
    assert words(["Blast cell"] * 20 + ["Monocyte"] * 79) == ("–", "–")
    assert words([]) == ("–", "–")


def test_what_is_no_leukocyte_is_told_per_hundred():
    count = differential(["Monocyte"] * 100 + ["Platelet"] * 3)
    assert per_hundred_words(row(count, "Platelet"), count) == "3 per 100 leukocytes (1–9)"
    few = differential(["Monocyte"] * 10 + ["Platelet"] * 3)
    assert per_hundred_words(row(few, "Platelet"), few) == "–"


def test_the_summary_names_what_is_there_alone():
    assert summary(differential(["Monocyte"]), 1) == "1 field · 1 leukocyte"
    labels = ["Monocyte"] * 2 + ["Platelet"] + ["Not classed"] * 4
    assert summary(differential(labels), 4) == ("4 fields · 2 leukocytes · 1 other · 4 not classed")
