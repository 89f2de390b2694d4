import weakref

import numpy as np
import pytest

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.imaging.intake.uploads import Upload
from leuko.imaging.picture import Picture
from leuko.settings import Limits
from leuko.workbench.classification import Pace, Results, advance, classified, pending, result_key
from leuko.workbench.uploads import Tray
from tests import drawn
from tests.made_session import MadeClassifier, make_card


def read(item):
    return decode_image(item.data, item.name, Limits()).pixels


def plain_png(red):
    return drawn.encode(np.full((40, 40, 3), (red, 0, 0), np.uint8), "PNG")


@pytest.fixture
def card(tmp_path):
    return make_card(tmp_path)


@pytest.fixture
def tray():
    made = Tray()
    made.add(
        [Upload("red.png", plain_png(255)), Upload("no.png", b"no"), Upload("k.png", plain_png(0))],
        Limits(),
    )
    return made


def test_a_bad_file_gets_its_sentence_and_the_others_their_class(card, tray):
    results, pace = Results(), Pace()
    advance(MadeClassifier(card), tray, results, Limits(), pace)
    red, bad, black = tray.items
    assert results[result_key(card, red)].label == "ALL"
    assert results[result_key(card, black)].label == "HEM"
    assert "not a picture" in bad.error
    assert bad.data == b""
    assert pending(tray, card, results) == []
    assert pace.pictures == 3


def test_what_was_read_is_remembered_for_the_table(card, tray):
    advance(MadeClassifier(card), tray, Results(), Limits(), Pace())
    assert tray.items[0].size_px == (40, 40)
    assert tray.items[0].thumbnail.startswith("data:image/jpeg;base64,")


def test_a_picture_is_never_classified_twice_by_one_model(card, tray):
    classifier, results = MadeClassifier(card), Results()
    advance(classifier, tray, results, Limits(), Pace())
    advance(classifier, tray, results, Limits(), Pace())
    assert classifier.seen == 2


def test_a_picture_is_looked_at_once_for_all_models(card, tray, monkeypatch):
    import leuko.inspection.inspect as module

    looked = []
    look = module.survey
    monkeypatch.setattr(module, "survey", lambda pixels: looked.append(1) or look(pixels))
    results = Results()
    other = card.model_copy(update={"id": "another"})
    for model in (card, other):
        advance(MadeClassifier(model), tray, results, Limits(), Pace())
    assert len(results) == 4
    assert len(looked) == 2
    first, second = (results[result_key(model, tray.items[0])] for model in (card, other))
    assert first.quality == second.quality == look(read(tray.items[0])).quality
    assert first.kind_guess == second.kind_guess is not None


def test_the_result_of_other_weights_or_another_threshold_is_not_reused(card, tray):
    item = tray.items[0]
    other = card.model_copy(update={"decision_threshold": 0.2})
    assert result_key(card, item) != result_key(other, item)
    weights = card.weights.model_copy(update={"sha256": "f" * 64})
    assert result_key(card, item) != result_key(card.model_copy(update={"weights": weights}), item)


def test_an_error_of_the_model_loses_no_file(card, tray):
    class Broken(MadeClassifier):
        def classify(self, pictures, batch=16, *, cells=True):
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        advance(Broken(card), tray, Results(), Limits(), Pace())
    assert tray.items[0].data == plain_png(255)
    results = Results()
    advance(MadeClassifier(card), tray, results, Limits(), Pace())
    assert len(results) == 2


def test_freed_memory_is_given_back_at_the_end_of_a_batch(card, tray, monkeypatch):
    given = []
    monkeypatch.setattr(
        "leuko.workbench.classification.give_back", lambda: given.append(len(results))
    )
    results = Results()
    advance(MadeClassifier(card), tray, results, Limits(), Pace())
    assert given == [2]


def test_pace_is_zero_before_the_first_picture():
    assert Pace().per_second == 0
    assert Pace(pictures=10, seconds=2.0).per_second == 5


class Clock:
    """Time that passes only while a model works, as many seconds a picture as it is told."""

    def __init__(self, seconds):
        self.seconds, self.now = seconds, 0.0

    def monotonic(self):
        return self.now


@pytest.mark.parametrize(
    ("seconds", "done"),
    [
        (0.010, 100),  # all within the first pass
        (0.012, 100),  # little is left after it: on to the end
        (0.020, 48),  # a good deal is left: the page is drawn first
    ],
)
def test_a_pass_ends_early_only_when_much_is_left(card, monkeypatch, seconds, done):
    clock = Clock(seconds)
    monkeypatch.setattr("leuko.workbench.classification.time", clock)

    class Slow(MadeClassifier):
        def classify(self, pictures, batch=16, *, cells=True):
            clock.now += clock.seconds * len(pictures)
            return super().classify(pictures, batch, cells=cells)

    tray, results, pace = Tray(), Results(), Pace()
    tray.add([Upload(f"{n}.png", plain_png(n)) for n in range(100)], Limits())
    advance(Slow(card), tray, results, Limits(), pace)
    assert len(results) == pace.pictures == done


def test_a_picture_that_cannot_be_read_keeps_its_place_in_a_stream_of_results(card):
    bad = ImageError("b.png", "It is no picture.")
    good = Picture("a.png", np.full((40, 40, 3), 255, np.uint8), "0" * 64, "PNG")
    found = list(classified(MadeClassifier(card), [good, bad, good], 2))
    assert [picture for picture, _ in found] == [good, bad, good]
    assert [result is None for _, result in found] == [False, True, False]


def test_a_stream_holds_one_batch_of_pictures_in_memory(card):
    alive, held = weakref.WeakSet(), []

    def decode(number):
        held.append(len(alive))
        picture = Picture(f"{number}.png", np.zeros((40, 40, 3), np.uint8), "0" * 64, "PNG")
        alive.add(picture)
        return picture

    for pair in classified(MadeClassifier(card), map(decode, range(6)), 2):
        del pair
    assert held == [0, 1, 0, 1, 0, 1]
