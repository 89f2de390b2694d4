from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm

from leuko.calibration import attributes
from leuko.calibration.attributes import label_positions, novel_share, said_from, spread_paths
from leuko.inference.attributes import RawReading
from leuko.inspection.cells.found import FoundCells
from leuko.statistics.intervals import wilson_interval
from tests.drawn import draw_crop, encode
from tests.made_attributes import square_cell


def table(*scores):
    """Probabilities of two values; a score above one half speaks for the first."""
    return np.array([(score, 1 - score) for score in scores])


def test_what_is_said_is_right_as_often_as_stated_even_at_the_lower_limit():
    scores = np.linspace(0.99, 0.6, 40)
    truth = np.zeros(40, int)
    truth[[19, 24, 25, 26]] = 1
    limit, other = said_from(table(*scores), truth, 0.9)
    # 24 cells with one wrong: 23 of 24 are 0.958, their lower limit 0.908; 23 of 25 are too few.
    assert (
        wilson_interval(23, 24, norm.ppf(0.8))[0] > 0.9 > wilson_interval(23, 25, norm.ppf(0.8))[0]
    )
    assert limit == pytest.approx(scores[23])
    assert other is None


def test_seven_right_cells_are_the_fewest_that_promise_nine_of_ten():
    # n / (n + z²) with z² = 0.708: 6 give 0.894, 7 give 0.908.
    assert said_from(table(*[0.9] * 6), np.zeros(6, int), 0.9)[0] is None
    assert said_from(table(*[0.9] * 7), np.zeros(7, int), 0.9)[0] == pytest.approx(0.9)


def test_cells_of_one_probability_are_said_together_or_not_at_all():
    scores = [0.99] * 20 + [0.8] * 10
    truth = np.array([0] * 20 + [0] * 4 + [1] * 6)
    assert said_from(table(*scores), truth, 0.9)[0] == pytest.approx(0.99)


def test_a_value_is_judged_by_its_own_cells():
    probabilities = table(*[0.95] * 90, *[0.05] * 10)
    truth = np.array([0] * 95 + [1] * 5)  # the second value is right in half of its cells
    assert said_from(probabilities, truth, 0.9) == [pytest.approx(0.95), None]


def test_what_is_less_than_half_probable_is_never_said():
    probabilities = np.full((50, 3), (0.4, 0.3, 0.3))
    assert said_from(probabilities, np.zeros(50, int), 0.9) == [None, None, None]


class FarCells:
    """A model whose features are 1 for cells in the left half of a picture, else 5."""

    def read_raw(self, pixels, cells):
        away = [1.0 if cell.centre[0] < pixels.shape[1] / 2 else 5.0 for cell in cells]
        return RawReading(np.zeros((len(cells), 2)), np.array(away, np.float32)[:, None])


def test_novel_cells_are_counted_in_crops_and_in_fields(tmp_path, monkeypatch):
    found = (square_cell((60, 60)), square_cell((20, 60)), square_cell((100, 60)))
    monkeypatch.setattr(attributes, "find_leukocytes", lambda _: FoundCells(120, 120, found))
    path = tmp_path / "one.png"
    path.write_bytes(encode(draw_crop(0, False, 120), "PNG"))
    (tmp_path / "none.png").write_bytes(b"no picture")
    paths = [path, tmp_path / "none.png"]

    def share(**options):
        return novel_share(FarCells(), "Other", paths, 2.0, lambda p: p[:, 0], **options)

    fields = share(all_cells=True)
    assert (fields.title, fields.cells, fields.novel) == ("Other", 3, 2)
    crops = share(all_cells=False)
    assert (crops.cells, crops.novel) == (1, 1)


def test_pictures_without_cells_give_no_share(tmp_path, monkeypatch):
    monkeypatch.setattr(attributes, "find_leukocytes", lambda _: SimpleNamespace(cells=()))
    path = tmp_path / "one.png"
    path.write_bytes(encode(draw_crop(0, False, 120), "PNG"))
    assert novel_share(FarCells(), "O", [path], 2.0, lambda p: p[:, 0], all_cells=True) is None


def test_paths_are_spread_over_their_order(tmp_path):
    paths = [tmp_path / str(place) for place in range(100)]
    assert [int(path.name) for path in spread_paths(paths, 4)] == [0, 33, 66, 99]
    assert spread_paths(paths[:2], 4) == paths[:2]


def test_labels_are_numbered_in_alphabetical_order():
    assert label_positions(["b", "a", "b", "c"]).tolist() == [1, 0, 1, 2]
