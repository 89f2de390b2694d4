import pytest

from leuko.models.card import read_card
from tests.made_models import make_model_folder


@pytest.fixture
def answers_alone(monkeypatch):
    """Nobody looks at the pictures: plain colours stand for them, and are no blood."""
    monkeypatch.setattr("leuko.workbench.classification._with_survey", lambda answer, *_: answer)


@pytest.fixture
def cards(tmp_path):
    """Two models of the same classes."""
    return [
        read_card(
            make_model_folder(
                tmp_path, name, classes=("HEM", "ALL"), malignant=("ALL",), weights=True
            )
        )
        for name in ("first", "second")
    ]
