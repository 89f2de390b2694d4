import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from leuko.imaging.preprocessing.steps import FitSquare, MaskCorner
from leuko.imaging.rendering.data_url import preview, thumbnail
from leuko.ui.picture.viewer import colour_stops, heat_layer, unread_areas
from leuko.ui.shell.escape import plain
from leuko.workbench.formatting import probability_text
from tests import drawn


def opened(url):
    kind, content = re.fullmatch(r"data:image/(\w+);base64,(.*)", url).groups()
    return kind, Image.open(io.BytesIO(base64.b64decode(content)))


def test_a_small_picture_is_previewed_without_loss():
    pixels = drawn.draw_crop(0, malignant=True, side_px=257)
    kind, image = opened(preview(pixels))
    assert kind == "png"
    np.testing.assert_array_equal(np.asarray(image), pixels)


def test_a_large_picture_is_scaled_and_keeps_its_proportions():
    kind, image = opened(preview(np.zeros((1000, 4000, 3), np.uint8)))
    assert kind == "jpeg"
    assert image.size == (1600, 400)


def test_a_thumbnail_is_small_and_keeps_its_proportions():
    _, image = opened(thumbnail(np.zeros((100, 400, 3), np.uint8)))
    assert image.size == (72, 18)


def test_no_heat_is_transparent_and_full_heat_is_not():
    heat = np.array([[0.0, 0.5, 1.0]], np.float32)
    _, image = opened(heat_layer(heat))
    alpha = np.asarray(image)[0, :, 3]
    assert alpha[0] == 0
    assert alpha[0] < alpha[1] < alpha[2] == 255


def test_covered_areas_are_told_in_fractions():
    steps = (MaskCorner(left=0.75, top=0.8), FitSquare(side_px=224))
    assert unread_areas(steps) == [{"left": 0.75, "top": 0.8, "right": 1.0, "bottom": 1.0}]
    assert unread_areas((FitSquare(side_px=224),)) == []


def test_what_a_crop_left_out_is_told_on_all_four_sides():
    areas = unread_areas((), (0.25, 0.2, 0.75, 1.0))
    assert areas == [
        {"left": 0.0, "top": 0.0, "right": 1.0, "bottom": 0.2},
        {"left": 0.0, "top": 0.2, "right": 0.25, "bottom": 1.0},
        {"left": 0.75, "top": 0.2, "right": 1.0, "bottom": 1.0},
    ]


def test_the_scale_runs_from_the_dark_end_to_the_bright_end():
    stops = colour_stops()
    light = [sum(int(part) for part in re.findall(r"\d+", stop)) for stop in stops]
    assert light == sorted(light)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "> 0.99"), (0.995, "> 0.99"), (0.99, "0.99"), (0.5, "0.50"), (0.005, "0.01"),
     (0.004, "< 0.01"), (0.0, "< 0.01")],
)  # fmt: skip
def test_a_probability_never_claims_certainty(value, text):
    assert probability_text(value) == text


def test_a_file_name_stays_a_text_in_markdown():
    name = "<img src=x>**[a](b)** `c` $x$ :red[y]"
    escaped = plain(name)
    assert re.sub(r"\\(.)", r"\1", escaped) == name
    for sign in "<>*[]()`$:":
        assert not re.search(rf"(?<!\\){re.escape(sign)}", escaped)
