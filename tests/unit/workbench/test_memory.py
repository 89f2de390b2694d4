"""Many large pictures at once: held few at a time, within one budget, within a session's quota."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from leuko.imaging.budget import DECODING
from leuko.imaging.intake.uploads import Upload
from leuko.imaging.picture import Picture, passes
from leuko.settings import Limits
from leuko.workbench import classification
from leuko.workbench.classification import Pace, Results, advance
from leuko.workbench.external_upload import LabelledUpload
from leuko.workbench.uploads import Tray
from tests import drawn
from tests.made_session import MadeClassifier, make_card


def png(seed, side_px=64):
    return drawn.encode(drawn.draw_crop(seed, malignant=False, side_px=side_px), "PNG")


class Watched(MadeClassifier):
    """Notes how many pictures come together, and what is reserved meanwhile."""

    def __init__(self, card):
        super().__init__(card)
        self.together, self.reserved = [], []

    def classify(self, pictures, *args, **options):
        self.together.append(len(pictures))
        self.reserved.append(DECODING.reserved_bytes)
        return super().classify(pictures, *args, **options)


@pytest.fixture
def classifier(tmp_path):
    return Watched(make_card(tmp_path))


def tray_of(count):
    tray = Tray()
    tray.add([Upload(f"{seed}.png", png(seed)) for seed in range(count)], Limits())
    return tray


def finish(classifier, tray, limits):
    results = Results()
    while classification.pending(tray, classifier.card, results):
        advance(classifier, tray, results, limits, Pace())
    return results


def test_large_pictures_are_classified_few_at_a_time(classifier, monkeypatch):
    monkeypatch.setattr(classification, "PASS_BYTES", 3 * 64 * 64 * 3)
    assert len(finish(classifier, tray_of(7), Limits())) == 7
    assert classifier.together == [3, 3, 1]


def test_one_picture_larger_than_a_pass_goes_alone(classifier, monkeypatch):
    monkeypatch.setattr(classification, "PASS_BYTES", 1)
    assert len(finish(classifier, tray_of(2), Limits())) == 2
    assert classifier.together == [1, 1]


def test_small_pictures_share_a_pass_as_ever(classifier):
    finish(classifier, tray_of(20), Limits())
    assert classifier.together == [16, 4]


def test_all_sessions_together_reserve_no_more_than_is_set_aside(classifier):
    trays = [tray_of(4) for _ in range(8)]
    # As much as one pass needs: one session after the other, and all of them come to their end.
    limits = Limits(max_decoding_bytes=40 * 1024 * 1024)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda tray: finish(classifier, tray, limits), trays))
    assert [len(results) for results in found] == [4] * 8
    assert 0 < max(classifier.reserved) <= limits.max_decoding_bytes
    assert DECODING.reserved_bytes == 0


def test_a_picture_from_the_command_line_joins_a_group_by_its_size():
    pixels = np.zeros((10, 10, 3), np.uint8)
    pictures = [Picture(str(number), pixels, "", "PNG") for number in range(5)]
    assert [len(group) for group in passes(pictures, 16, 600)] == [2, 2, 1]
    assert [len(group) for group in passes(pictures, 3, 10**6)] == [3, 2]
    assert list(passes([], 3, 1)) == []


def test_files_beyond_the_quota_of_a_session_stand_in_the_table_with_their_reason():
    tray, data = Tray(), png(1)
    limits = Limits(max_session_bytes=2 * len(data) + len(data) // 2)
    tray.add([Upload(f"{number}.png", data) for number in range(4)], limits)
    tray.add([Upload("tiny.bmp", b"BM"), Upload("late.png", data)], limits)
    assert [item.error is None for item in tray.items] == [True, True, False, False, True, False]
    assert "megabytes, the most that one session may keep" in tray.items[2].error
    assert tray.items[2].name == "2.png"
    assert len(tray.readable()) == 3


def test_labelled_pictures_have_the_same_quota():
    upload, data = LabelledUpload(), png(1)
    limits = Limits(max_session_bytes=len(data))
    upload.take([Upload("a.png", data), Upload("b.png", png(2))], limits)
    first, second = upload.tray.items
    assert first.error is None
    assert "one session may keep" in second.error
