import pytest


@pytest.fixture
def answers_alone(monkeypatch):
    """Nobody looks at the pictures: plain colours stand for them, and are no blood."""
    monkeypatch.setattr("leuko.workbench.classification._with_survey", lambda answer, *_: answer)
