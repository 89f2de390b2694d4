import numpy as np
import pytest

from leuko.evaluation.segmentation import dice, enlarge, summarise_dice


def region(*rows):
    return np.array([[letter == "x" for letter in row] for row in rows])


@pytest.mark.parametrize(
    ("found", "drawn", "expected"),
    [
        (("xx", ".."), ("xx", ".."), 1.0),
        (("xx", ".."), ("..", "xx"), 0.0),
        (("xx", ".."), ("x.", "x."), 0.5),
        (("xx", "x."), ("x.", ".."), 0.5),
        (("..", ".."), ("..", ".."), 1.0),
        (("..", ".."), ("xx", ".."), 0.0),
    ],
)
def test_dice_is_twice_the_overlap_by_the_sum_of_the_areas(found, drawn, expected):
    assert dice(region(*found), region(*drawn)) == expected


def test_an_enlarged_mask_keeps_its_values():
    mask = np.array([[0, 1], [2, 0]], np.uint8)
    large = enlarge(mask, (4, 4))
    assert (large == mask.repeat(2, 0).repeat(2, 1)).all()
    assert enlarge(mask, (2, 2)) is mask


def test_a_summary_names_the_mean_the_middle_and_the_lower_end():
    summary = summarise_dice([0.5, 0.9, 1.0, 1.0])
    assert summary.mean == pytest.approx(0.85)
    assert summary.median == pytest.approx(0.95)
    assert summary.worst == 0.5
    assert 0.5 <= summary.low < summary.mean < summary.high <= 1.0


def test_a_single_picture_has_no_interval():
    summary = summarise_dice([0.7])
    assert summary.low is None
    assert summary.high is None
