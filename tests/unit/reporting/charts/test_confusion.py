import pytest

from leuko.evaluation.summary import summarise
from leuko.reporting.charts.confusion import CellText, confusion_figure, share_text
from tests.unit.evaluation.made_predictions import binary

# True HEM: 2 right. True ALL: 3 right, 1 missed.
SUMMARY = summarise(binary("AAAAHH", [0.9, 0.9, 0.9, 0.1, 0.1, 0.2]))


def cells(figure):
    return [list(row) for row in figure.data[0].text]


def test_a_cell_says_count_and_share_of_its_true_class():
    assert cells(confusion_figure(SUMMARY)) == [
        ["2<br>100 %", "0<br>0 %"],
        ["1<br>25 %", "3<br>75 %"],
    ]


def test_counts_alone_are_shaded_by_count():
    figure = confusion_figure(SUMMARY, CellText.COUNTS)
    assert cells(figure) == [["2", "0"], ["1", "3"]]
    assert [list(row) for row in figure.data[0].z] == [[2 / 3, 0], [1 / 3, 1]]


def test_shares_alone_are_shaded_by_the_share_of_their_row():
    figure = confusion_figure(SUMMARY, CellText.SHARES)
    assert cells(figure) == [["100 %", "0 %"], ["25 %", "75 %"]]
    assert [list(row) for row in figure.data[0].z] == [[1, 0], [0.25, 0.75]]


def test_the_counts_are_those_of_scikit_learn():
    from sklearn.metrics import confusion_matrix

    truth = ["ALL"] * 4 + ["HEM"] * 2
    said = ["ALL"] * 3 + ["HEM"] * 3
    expected = confusion_matrix(truth, said, labels=["HEM", "ALL"])
    figure = confusion_figure(SUMMARY, CellText.COUNTS)
    assert [[int(cell) for cell in row] for row in cells(figure)] == expected.tolist()


@pytest.mark.parametrize("which", [CellText.BOTH, CellText.SHARES])
def test_a_class_without_cases_says_so_instead_of_a_share(which):
    figure = confusion_figure(summarise(binary("AA", [0.9, 0.1])), which)
    assert all("no cases" in cell for cell in cells(figure)[0])


def test_a_share_has_no_more_digits_than_the_test_set_supports():
    assert share_text(2, 3, digits=2) == "67 %"
    assert share_text(2, 3, digits=1) == "67 %"
    assert share_text(2, 3, digits=3) == "66.7 %"
