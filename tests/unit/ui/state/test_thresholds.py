import pytest

from leuko.ui.state.session import Session
from leuko.ui.state.thresholds import (
    forget_threshold,
    is_set_by_user,
    keep_threshold,
    threshold_in_force,
    threshold_words,
)
from leuko.workbench.formatting import threshold_text
from tests.made_session import make_card


@pytest.fixture(autouse=True)
def own_session(monkeypatch):
    made = Session()
    monkeypatch.setattr("leuko.ui.state.thresholds.session", lambda: made)
    return made


def test_the_models_own_threshold_is_in_force_until_the_user_sets_another(tmp_path):
    card = make_card(tmp_path, decision_threshold=0.4)
    assert threshold_in_force(card) == 0.4
    assert threshold_words(card) == "threshold 0.40, the model's own"
    keep_threshold(card, 0.313)
    assert threshold_in_force(card) == 0.313
    assert threshold_words(card) == "threshold 0.313, set by you in this session (model's own 0.40)"
    forget_threshold(card)
    forget_threshold(card)
    assert not is_set_by_user(card)


def test_removing_all_images_keeps_the_threshold(tmp_path, own_session):
    keep_threshold(make_card(tmp_path), 0.3)
    own_session.clear()
    assert own_session.thresholds == {"made": 0.3}


@pytest.mark.parametrize("threshold", [-0.01, 1.01, float("nan")])
def test_a_threshold_outside_its_bounds_is_refused(tmp_path, threshold):
    with pytest.raises(ValueError, match="threshold"):
        keep_threshold(make_card(tmp_path), threshold)


@pytest.mark.parametrize(
    ("threshold", "text"), [(0.3, "0.30"), (1.0, "1.00"), (0.4276, "0.4276"), (0.29, "0.29")]
)
def test_a_threshold_has_as_many_decimals_as_it_needs(threshold, text):
    assert threshold_text(threshold) == text
