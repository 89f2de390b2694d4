"""A laboratory's own pictures: from a ZIP with one folder a class to the drop, and forgotten."""

import re

import pytest
from playwright.sync_api import expect

from leuko.labels import InputKind
from tests import drawn
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

A_CLASS = 6


def labelled_zip() -> bytes:
    """Drawn fields, one folder a class, below a common one; one file is no picture."""
    members = {
        f"laboratory/{folder}/{number}.png": drawn.encode(
            drawn.draw_field(number, malignant=folder == "malignant"), "PNG"
        )
        for folder in ("malignant", "benign")
        for number in range(A_CLASS)
    }
    return drawn.zip_of(members | {"laboratory/benign/notes.txt": b"my notes"})


def open_tab(visitor: Visitor) -> None:
    visitor.visit("Performance")
    visitor.page.get_by_role("tab", name="My images").click()
    visitor.page.get_by_role("heading", name="Check on my own images").wait_for()
    visitor.wait_until_idle()


def test_a_zip_with_one_folder_a_class_is_measured_beside_the_test_set_and_forgotten(visitor):
    page = visitor.page
    open_tab(visitor)
    page.locator("input[type=file]").set_input_files(
        [{"name": "cells.zip", "mimeType": "application/zip", "buffer": labelled_zip()}]
    )
    expect(page.get_by_text(f"{2 * A_CLASS} images · {2 * A_CLASS} to be used")).to_be_visible()
    expect(page.get_by_text("notes.txt")).to_be_visible()

    page.get_by_role("radiogroup", name="Your pictures are").get_by_text(
        InputKind.FIELD.plural
    ).click()
    visitor.wait_until_idle()
    page.get_by_role("button", name=f"Run 1 model on {2 * A_CLASS} images").click()

    verdict = page.get_by_text(f"On your {2 * A_CLASS} images this model is right in")
    expect(verdict).to_be_visible()
    expect(verdict).to_contain_text(re.compile(r"right in 0\.\d+ \(0\.\d+–[01]\.\d+\)"))
    expect(verdict).to_contain_text(re.compile(r"on its own test set in 0\.\d+ \(0\.\d+–[01]\.\d+"))
    expect(verdict).to_contain_text("domain shift")
    visitor.wait_until_idle()
    visitor.wait_until_drawn()
    expect(page.get_by_test_id("stPlotlyChart")).to_have_count(2)
    expect(page.get_by_test_id("stProgress")).to_have_count(0)

    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile(r"^CSV of ")).click()
    lines = waiting.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("image_id,group_id,label,probability_")
    assert len(lines) == 1 + 2 * A_CLASS

    page.get_by_role("button", name="Forget these images").click()
    expect(verdict).to_have_count(0)
    expect(page.get_by_text("Drop a ZIP with one folder a class")).to_be_visible()
