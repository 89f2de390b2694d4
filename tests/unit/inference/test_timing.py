from types import SimpleNamespace

import numpy as np
import pytest
import torch

from leuko.inference.timing import FEWEST_RUNS, RUNS, WARM_UP, drawn_picture, measure_speed


class Clocked:
    """A classifier that takes the seconds given, one picture after the other."""

    def __init__(self, seconds):
        self.now, self.seen, self._seconds = 0.0, [], iter(seconds)
        self.card = SimpleNamespace(input=SimpleNamespace(side_px=64))
        self.device = torch.device("cpu")

    def classify(self, pictures, cells=True):
        self.seen.append(pictures)
        self.now += next(self._seconds)


def test_the_median_is_taken_after_the_warm_up():
    made = Clocked([9.0] * WARM_UP + [0.04, 0.02, 0.03] * (RUNS // 3))
    speed = measure_speed(made, clock=lambda: made.now)
    assert speed.median_ms == pytest.approx(30)
    assert (speed.fastest_ms, speed.slowest_ms) == pytest.approx((20, 40))
    assert speed.runs == len(made.seen) - WARM_UP == RUNS == 9


def test_a_slow_model_is_measured_a_few_times_only():
    made = Clocked([60.0] * 20)
    assert measure_speed(made, clock=lambda: made.now).runs == FEWEST_RUNS == 3


def test_one_picture_of_the_input_size_is_given_at_a_time():
    made = Clocked([0.1] * 20)
    measure_speed(made, clock=lambda: made.now)
    assert {(len(pictures), pictures[0].shape) for pictures in made.seen} == {(1, (64, 64, 3))}


def test_the_device_is_named_with_its_threads():
    made = Clocked([0.1] * 20)
    device = measure_speed(made, clock=lambda: made.now).device
    assert device.startswith("CPU, ")
    assert str(torch.get_num_threads()) in device


def test_the_drawn_picture_has_a_cell_on_black():
    picture = drawn_picture(65)
    assert picture.dtype == np.uint8
    assert picture[0, 0].tolist() == [0, 0, 0]
    assert picture[32, 32].max() > 30
