"""A laboratory's own pictures: from a ZIP with one folder a class to the drop, and forgotten."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from leuko.labels import InputKind
from tests import drawn
from tests.browser.visitor import Visitor
from tests.csv_lines import csv_lines

pytestmark = pytest.mark.browser

A_CLASS = 6


def two_folders(
    place: str, draw: Callable[..., drawn.Pixels], prefix: str = ""
) -> dict[str, bytes]:
    """Files of drawn pictures, one folder a class, below a common one."""
    return {
        f"{place}/{folder}/{prefix}{number}.png": drawn.encode(
            draw(number, malignant=folder == "malignant"), "PNG"
        )
        for folder in ("malignant", "benign")
        for number in range(A_CLASS)
    }


def labelled_zip() -> bytes:
    """Drawn fields; one file is no picture."""
    fields = two_folders("laboratory", drawn.draw_field)
    return drawn.zip_of(fields | {"laboratory/benign/notes.txt": b"my notes"})


def crops_zip() -> bytes:
    """Drawn crops."""
    return drawn.zip_of(two_folders("cells", drawn.draw_crop, "c"))


def drop(visitor: Visitor, archives: dict[str, bytes]) -> None:
    visitor.page.locator("input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "application/zip", "buffer": data}
            for name, data in archives.items()
        ]
    )


def say_kind(visitor: Visitor, kind: InputKind) -> None:
    kinds = visitor.page.get_by_role("radiogroup", name="Your pictures are")
    kinds.get_by_text(kind.plural).click()
    visitor.wait_until_idle()


def open_tab(visitor: Visitor) -> None:
    visitor.visit("Performance")
    visitor.page.get_by_role("tab", name="My images").click()
    visitor.page.get_by_role("heading", name="Check on my own images").wait_for()
    visitor.wait_until_idle()


def test_a_zip_with_one_folder_a_class_is_measured_beside_the_test_set_and_forgotten(visitor):
    page = visitor.page
    open_tab(visitor)
    drop(visitor, {"cells.zip": labelled_zip()})
    expect(page.get_by_text(f"{2 * A_CLASS} images · {2 * A_CLASS} to be used")).to_be_visible()
    expect(page.get_by_text("notes.txt")).to_be_visible()

    say_kind(visitor, InputKind.FIELD)
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
    lines = csv_lines(waiting.value.path().read_text(encoding="utf-8"))
    assert lines.fieldnames[:3] == ["image_id", "group_id", "label"]
    assert lines.fieldnames[3].startswith("probability_")
    assert len(list(lines)) == 2 * A_CLASS

    page.get_by_role("button", name="Forget these images").click()
    expect(verdict).to_have_count(0)
    expect(page.get_by_text("Drop a ZIP with one folder a class")).to_be_visible()


def test_crops_given_to_a_model_of_fields_count_only_for_those_who_insist(visitor):
    page, both = visitor.page, 4 * A_CLASS
    open_tab(visitor)
    drop(visitor, {"fields.zip": labelled_zip(), "crops.zip": crops_zip()})
    expect(page.get_by_text(f"{both} images · {both} to be used")).to_be_visible()
    say_kind(visitor, InputKind.FIELD)
    page.get_by_role("button", name=f"Run 1 model on {both} images").click()

    refusal = page.get_by_text(f"{2 * A_CLASS} of your {both} images look like single-cell crops")
    expect(refusal).to_contain_text("They are left out of its figures.")
    expect(page.get_by_text(f"On {2 * A_CLASS} of your {both} images this model")).to_be_visible()

    page.get_by_role("button", name="Use them anyway").click()
    expect(refusal).to_contain_text("They are used anyway")
    expect(
        page.get_by_text(f"On your {both} images, {2 * A_CLASS} of another kind and used anyway")
    ).to_be_visible()
    visitor.wait_until_idle()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile(r"^CSV of ")).click()
    assert waiting.value.suggested_filename.endswith("_used_anyway.csv")
    assert len(waiting.value.path().read_text(encoding="utf-8").splitlines()) == 1 + both

    page.get_by_role("button", name="Leave them out again").click()
    expect(refusal).to_contain_text("They are left out of its figures.")
    page.get_by_role("button", name="Turn to models for single-cell crops").click()
    crops = page.get_by_role("radio", name=InputKind.CROP.plural)
    expect(crops).to_be_checked()
    page.get_by_role("button", name=f"Run 1 model on {both} images").click()
    expect(
        page.get_by_text(f"{2 * A_CLASS} of your {both} images look like whole fields")
    ).to_be_visible()
