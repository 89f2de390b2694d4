"""What stays is set aside; garbage is not kept with it."""

import gc
import weakref

import pytest

from leuko.ui.shell import gc_pauses as settling
from leuko.ui.shell.gc_pauses import MANY_OBJECTS, SECONDS, Settler


class Clock:
    now = 1000.0

    def monotonic(self):
        return self.now


class Knot:
    """Holds itself, so that only a collection frees it."""

    def __init__(self):
        self.self = self


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(settling, "time", made)
    yield made
    gc.unfreeze()


def test_what_stays_is_walked_through_no_more(clock):
    stays = [[] for _ in range(MANY_OBJECTS)]
    assert Settler().settle()
    assert gc.get_freeze_count() > len(stays)
    assert len(gc.get_objects(2)) < MANY_OBJECTS


def test_it_is_not_done_again_at_once(clock):
    settler = Settler()
    assert settler.settle()
    assert not settler.settle()
    clock.now += SECONDS
    assert settler.settle()


def test_it_is_done_at_once_where_much_is_new(clock):
    settler = Settler()
    settler.settle()
    much = [[] for _ in range(MANY_OBJECTS)]
    gc.collect()  # so much is old by then
    assert settler.settle()
    assert much


def test_what_ended_after_it_was_set_aside_is_freed_the_next_time(clock):
    settler, knot = Settler(), Knot()
    ended = weakref.ref(knot)
    settler.settle()
    del knot
    gc.collect()
    assert ended() is not None  # set aside
    clock.now += SECONDS
    settler.settle()
    assert ended() is None


def test_garbage_is_freed_before_the_rest_is_set_aside(clock):
    ended = weakref.ref(Knot())
    Settler().settle()
    assert ended() is None
