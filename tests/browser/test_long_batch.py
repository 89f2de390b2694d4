"""A long batch in one archive: progress, Cancel, Continue, and every picture in the end."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from leuko.labels import InputKind
from tests import drawn
from tests.browser.visitor import File

pytestmark = pytest.mark.browser

PICTURES = 240
SIDE_PX = 1600
"""Large pictures: no machine decodes all of them before the first pass is over."""


def made_archive() -> bytes:
    """Different pictures; each is a drawn field, enlarged and shifted."""
    field = Image.fromarray(drawn.draw_field(5, malignant=True, side_px=400))
    large = np.asarray(field.resize((SIDE_PX, SIDE_PX), Image.Resampling.BILINEAR))
    return drawn.zip_of(
        {
            f"{number:03}.jpg": drawn.encode(np.roll(large, 16 * number, axis=1), "JPEG")
            for number in range(PICTURES)
        },
        method=0,
    )


def test_a_long_batch_shows_progress_stops_and_goes_on_to_its_end(visitor):
    page = visitor.page
    visitor.choose_model(InputKind.FIELD)
    visitor.upload([File("batch.zip", made_archive(), "application/zip")], wait=False)

    progress = page.get_by_test_id("stProgress")
    expect(progress).to_contain_text(f"of {PICTURES} images")
    page.get_by_role("button", name="Cancel").click()

    expect(progress).to_contain_text("stopped")
    visitor.wait_until_idle()
    done = int(re.findall(r"(\d+) of", progress.inner_text())[0])
    assert 0 < done < PICTURES
    expect(visitor.tally).to_contain_text(f"{PICTURES - done} waiting")
    expect(visitor.suggestion).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)

    page.get_by_role("button", name="Continue").click()
    expect(progress).to_have_count(0)
    expect(visitor.tally).to_contain_text(f"{PICTURES} images")
    expect(visitor.tally).not_to_contain_text("waiting")
