"""A picture of another kind is refused, and one click leads to the model that reads it."""

import csv
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from leuko.labels import InputKind, class_title
from tests import drawn
from tests.browser.visitor import File

pytestmark = pytest.mark.browser

FIELD = File.png("field.png", drawn.draw_field(3, malignant=True))
MISFIT = "This looks like a whole field; this model reads single-cell crops."


def test_a_refused_picture_is_read_after_one_click_on_another_model(visitor):
    visitor.choose_model(InputKind.CROP)
    visitor.upload([FIELD])
    page = visitor.page
    expect(page.get_by_test_id("stHtml").get_by_text(MISFIT)).to_be_visible()
    expect(visitor.suggestion).to_have_count(0)
    expect(visitor.viewer).to_have_count(0)
    page.get_by_role("button", name="Switch to this model").click()
    visitor.sidebar.get_by_text("Reads whole fields").wait_for()
    expect(visitor.suggestion).to_be_visible()
    expect(visitor.heat).to_be_visible()
    expect(page.get_by_test_id("stHtml").get_by_text(MISFIT)).to_have_count(0)


def test_a_picture_that_is_used_anyway_says_so_in_its_csv(visitor, tmp_path):
    visitor.choose_model(InputKind.CROP)
    visitor.upload([FIELD])
    page = visitor.page
    page.get_by_role("button", name="Use anyway").click()
    expect(visitor.suggestion).to_be_visible()
    expect(page.get_by_text("Refer to a haematologist", exact=True)).to_be_visible()
    visitor.wait_until_idle()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    download.value.save_as(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["used_anyway"], row["deferred"]) == ("true", "true")


def test_picture_verdict_reasons_and_probabilities_are_seen_together(visitor):
    model = visitor.choose_model(InputKind.FIELD)
    dark = (drawn.draw_crop(3, malignant=True) * 0.5).astype(np.uint8)
    visitor.upload([File("dark.png", drawn.encode(dark, "PNG"))])
    page = visitor.page
    page.get_by_role("button", name="Use anyway").click()
    expect(visitor.heat).to_be_visible()
    visitor.wait_until_idle()
    visitor.wait_until_drawn()
    reasons = page.get_by_test_id("stMain").get_by_role("listitem")
    assert reasons.count() >= 2
    expect(reasons.first).to_contain_text("Read anyway: ")
    titles = [class_title(name) for name in model.card.classes]
    bars = [page.get_by_role("img", name=re.compile(f"^{re.escape(t)}: ")) for t in titles]
    for each in (visitor.suggestion, visitor.heat, *reasons.all(), *bars):
        expect(each).to_be_in_viewport(ratio=1)
