import threading

import pytest

from leuko.errors import WeightsError
from leuko.inference.timing import Speed
from leuko.models.store import list_models
from leuko.workbench.speed_store import FAILED, SpeedStore
from tests.made_models import make_model_folder

SPEED = Speed(41.0, 39.0, 52.0, 9, "CPU, 2 threads")


@pytest.fixture
def models(tmp_path):
    for name in ("a", "b", "c"):
        make_model_folder(tmp_path, name, weights=True)
    make_model_folder(tmp_path, "results-only")
    return list_models(tmp_path).models


def test_models_with_weights_are_measured_and_the_others_are_not(models):
    store = SpeedStore(lambda model: SPEED)
    store.start(models)
    store.wait()
    assert store.found(models) == dict.fromkeys("abc", SPEED)
    assert store.progress is None


def test_a_model_that_fails_does_not_stop_the_others(models):
    def measure(model):
        if model.id == "a":
            raise WeightsError("The weights of 'a' were altered: copy the folder again.")
        if model.id == "b":
            raise RuntimeError("a bug")
        return SPEED

    store = SpeedStore(measure)
    store.start(models)
    store.wait()
    found = store.found(models)
    assert "altered" in found["a"]
    assert found["b"] == FAILED
    assert found["c"] == SPEED


def test_a_second_press_while_measuring_starts_nothing(models):
    free, seen = threading.Event(), []

    def measure(model):
        seen.append(model.id)
        free.wait()
        return SPEED

    store = SpeedStore(measure)
    store.start(models)
    store.start(models)
    assert store.progress.total == 3
    free.set()
    store.wait()
    assert seen == ["a", "b", "c"]


def test_a_stop_ends_after_the_model_at_hand(models):
    def measure(model):
        store.stop()
        return SPEED

    store = SpeedStore(measure)
    store.start(models)
    store.wait()
    assert list(store.found(models)) == ["a"]


def test_without_weights_nothing_is_measured(models):
    store = SpeedStore(lambda model: SPEED)
    store.start([models[3]])
    assert store.progress is None
