"""Evidence maps on demand: computed once, given up when nobody waits, never more than so many."""

import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import numpy as np
import pytest

from leuko.errors import LeukoError
from leuko.inference.heatmaps.methods import Method
from leuko.workbench.heatmap_jobs import MAPS_KEPT, Failure, MapKey, MapShelf

LONG = 60.0


class AtOnce(Executor):
    """Computes when it is asked to."""

    def submit(self, work, /, *args):
        future = Future()
        try:
            future.set_result(work(*args))
        except Exception as problem:  # noqa: BLE001  as an executor does
            future.set_exception(problem)
        return future


def key(picture, method=Method.HIRES_CAM):
    return MapKey(("model", "weights", f"{picture}"), method, None)


def a_map(value=1.0):
    return np.full((2, 7, 7), value, np.float32)


def test_a_map_is_computed_once():
    shelf, computed = MapShelf(), []

    def compute(report):
        computed.append(1)
        return a_map()

    first = shelf.ask(key(1), compute, AtOnce(), LONG)
    assert shelf.ask(key(1), compute, AtOnce(), LONG) is first
    assert shelf.find(key(1)) is first
    assert computed == [1]


def test_another_method_layer_or_picture_is_another_map():
    shelf = MapShelf()
    shelf.ask(key(1), lambda report: a_map(), AtOnce(), LONG)
    assert shelf.find(key(2)) is None
    assert shelf.find(key(1, Method.LAYER_CAM)) is None
    assert shelf.find(MapKey(key(1).result, Method.HIRES_CAM, "finer")) is None


def test_however_many_pictures_are_seen_no_more_than_so_many_maps_are_kept():
    shelf = MapShelf()
    for picture in range(MAPS_KEPT + 40):
        shelf.ask(key(picture), lambda report: a_map(), AtOnce(), LONG)
        shelf.find(key(0))
    assert len(shelf) == MAPS_KEPT
    assert shelf.find(key(0)) is not None, "the one looked at last stays"
    assert shelf.find(key(1)) is None


def test_a_users_error_keeps_its_sentence_and_a_bug_gets_a_plain_one(caplog):
    def refused(report):
        raise LeukoError("Choose another layer.")

    def broken(report):
        raise ZeroDivisionError("internal detail")

    shelf = MapShelf()
    assert shelf.ask(key(1), refused, AtOnce(), LONG) == Failure("Choose another layer.")
    found = shelf.ask(key(2), broken, AtOnce(), LONG)
    assert isinstance(found, Failure)
    assert "internal detail" not in found.sentence
    assert "ZeroDivisionError" in caplog.text


def test_a_failure_is_tried_again_only_when_asked_for():
    shelf, tries = MapShelf(), []

    def broken(report):
        tries.append(1)
        raise LeukoError("No.")

    shelf.ask(key(1), broken, AtOnce(), LONG)
    shelf.ask(key(1), broken, AtOnce(), LONG)
    assert tries == [1]
    shelf.ask(key(2), lambda report: a_map(), AtOnce(), LONG)
    shelf.forget_failures()
    assert shelf.find(key(1)) is None
    assert shelf.find(key(2)) is not None


@pytest.fixture
def worker():
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield pool


def test_how_far_a_map_is_can_be_asked_until_it_is_there(worker):
    shelf, told, go_on = MapShelf(), threading.Event(), threading.Event()

    def compute(report):
        report(0.25)
        told.set()
        assert go_on.wait(LONG)
        return a_map()

    assert shelf.ask(key(1), compute, worker, 0.0) is None
    assert told.wait(LONG)
    assert shelf.share_done(key(1)) == 0.25
    assert shelf.share_done(key(2)) is None
    go_on.set()
    assert shelf.ask(key(1), compute, worker, LONG) is not None
    assert shelf.share_done(key(1)) is None


def test_a_map_that_nobody_waits_for_any_more_is_given_up_and_never_kept(worker):
    shelf, started, go_on, ended = MapShelf(), threading.Event(), threading.Event(), []

    def slow(report):
        started.set()
        assert go_on.wait(LONG)
        try:
            report(0.5)
        except Exception as problem:
            ended.append(problem)
            raise
        return a_map()

    shelf.ask(key(1), slow, worker, 0.0)
    assert started.wait(LONG)
    shelf.ask(key(2), lambda report: a_map(2), worker, 0.0)
    go_on.set()
    found = shelf.ask(key(2), lambda report: a_map(2), worker, LONG)
    assert np.array_equal(found, a_map(2))
    assert len(ended) == 1
    assert shelf.find(key(1)) is None
    assert len(shelf) == 1


def test_a_map_given_up_before_its_turn_is_never_begun(worker):
    shelf, go_on, begun = MapShelf(), threading.Event(), []
    other = MapShelf()
    other.ask(key(9), lambda report: go_on.wait(LONG) and a_map(), worker, 0.0)
    shelf.ask(key(1), lambda report: begun.append(1), worker, 0.0)
    shelf.give_up()
    go_on.set()
    assert other.ask(key(9), lambda report: a_map(), worker, LONG) is not None
    assert shelf.find(key(1)) is None
    assert begun == []
