from dataclasses import replace

import pytest

from leuko.statistics.estimate import Estimate, IntervalMethod, supported_digits


def test_a_value_is_never_shown_without_its_interval_or_the_reason_for_none():
    assert Estimate(0.947, 0.921, 0.968, "Wilson").text() == "0.95 (0.92–0.97)"
    assert Estimate(0.947, reason="1 group").text() == "0.95 (no interval: 1 group)"
    assert Estimate(None, reason="0 cases").text() == "not measurable (0 cases)"


def test_an_interval_never_looks_like_a_point():
    assert Estimate(0.9995, 0.9981, 1.0, "Wilson").text() == "1.000 (0.998–1.000)"


@pytest.mark.parametrize(
    ("units", "digits"), [(1, 1), (9, 1), (10, 2), (52, 2), (1999, 2), (2000, 3)]
)
def test_digits_follow_the_size_of_the_test_set(units, digits):
    assert supported_digits(units) == digits


def test_only_a_bootstrap_of_few_units_is_too_narrow_whatever_its_words():
    few = Estimate(0.9, 0.8, 1.0, "by resampling", units=5, interval=IntervalMethod.BOOTSTRAP)
    assert few.rests_on_few
    assert not replace(few, units=10).rests_on_few
    wilson = replace(few, method="bootstrap in name", interval=IntervalMethod.WILSON)
    assert not wilson.rests_on_few
