import threading

import pytest

from leuko.errors import WeightsError
from leuko.models.store import list_models
from leuko.workbench.model_pool import ModelPool
from tests.made_models import make_model_folder


@pytest.fixture
def models(tmp_path):
    for name in ("a", "b", "c"):
        make_model_folder(tmp_path, name, weights=True)
    return list_models(tmp_path).models


@pytest.fixture
def loads(monkeypatch):
    """Replaces loading by a counter; returns what was loaded, in order."""
    seen = []

    def load(model):
        seen.append(model.id)
        return f"classifier of {model.id}"

    monkeypatch.setattr("leuko.workbench.model_pool._load", load)
    return seen


def test_a_model_is_loaded_once_for_all_sessions(models, loads):
    pool = ModelPool()
    threads = [threading.Thread(target=pool.get, args=[models[0]]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == ["a"]


def test_the_least_recently_used_model_is_let_go(models, loads):
    pool = ModelPool(capacity=2)
    for index in (0, 1, 0, 2, 0, 1):
        pool.get(models[index])
    assert loads == ["a", "b", "c", "b"]


def test_a_failed_load_is_told_and_tried_again(models, monkeypatch):
    attempts = []

    def load(model):
        attempts.append(model.id)
        if len(attempts) == 1:
            raise WeightsError("The weights of 'a' were altered: copy the folder again.")
        return "classifier"

    monkeypatch.setattr("leuko.workbench.model_pool._load", load)
    pool = ModelPool()
    with pytest.raises(WeightsError, match="altered"):
        pool.get(models[0])
    assert pool.get(models[0]) == "classifier"
