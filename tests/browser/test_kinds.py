"""One picture of each kind, from the upload to the class and the heatmap."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from leuko.labels import InputKind, class_title
from tests import drawn
from tests.browser.visitor import File, Visitor

pytestmark = pytest.mark.browser

DRAW = {
    InputKind.FIELD: drawn.draw_field,
    InputKind.CROP: drawn.draw_crop,
    InputKind.SEGMENTED: drawn.draw_segmented,
}
FIRST_REAL = {
    InputKind.FIELD: "taleqani/Original/Pre/*.jpg",
    InputKind.CROP: "all_idb2/img/*_1.tif*",
    InputKind.SEGMENTED: "c_nmc/C-NMC_Leukemia/training_data/fold_0/all/*",
}
KINDS = pytest.mark.parametrize("kind", list(DRAW), ids=str)


@KINDS
def test_a_drawn_picture_gets_a_class_and_a_heatmap(visitor, kind):
    model = visitor.choose_model(kind)
    pixels = DRAW[kind](3, malignant=True)
    visitor.upload([File(f"{kind}.png", drawn.encode(pixels, "PNG"))])
    expect_suggestion(visitor, f"{kind}.png", model.card.classes)
    expect_pictures(visitor, (pixels.shape[1], pixels.shape[0]))


@pytest.mark.real_images
@KINDS
def test_a_real_picture_gets_a_class_and_a_heatmap(visitor, real_images: Path, kind):
    path = min(real_images.glob(FIRST_REAL[kind]))
    model = visitor.choose_model(kind)
    visitor.upload([File(path.name, path.read_bytes(), "application/octet-stream")])
    expect_suggestion(visitor, path.name, model.card.classes)
    expect_pictures(visitor)


def expect_suggestion(visitor: Visitor, name: str, classes: tuple[str, ...]) -> None:
    page = visitor.page
    expect(page.get_by_text("1 image ·")).to_be_visible()
    expect(visitor.heading).to_have_text(f"1 of 1 · {name}")
    expect(visitor.suggestion).to_be_visible()
    title = "(" + "|".join(re.escape(class_title(each)) for each in classes) + ")"
    one = rf"{title}, (0\.\d\d|> 0\.99)"
    several = (
        rf"{title}(, {title})* or {title}|Any of its \d classes|No class with enough certainty"
    )
    expect(
        page.get_by_text(re.compile(f"^({one}|{several}|No class with enough certainty)$"))
    ).to_be_visible()
    for each in classes:
        bar = page.get_by_role("img", name=re.compile(rf"^{re.escape(class_title(each))}: "))
        expect(bar).to_be_visible()
    expect(page.get_by_text("On images it had never seen, this model was right")).to_be_visible()


def expect_pictures(visitor: Visitor, size_px: tuple[int, int] | None = None) -> None:
    pictures = visitor.viewer.locator("img.picture")
    expect(pictures).to_have_count(2)
    for picture in pictures.all():
        expect(picture).to_be_visible()
        assert min(natural_size(picture)) > 0
    expect(visitor.heat).to_be_visible()
    sizes = [natural_size(picture) for picture in pictures.all()]
    assert sizes[0] == sizes[1] == (size_px or sizes[0])
    first, second = (pane.bounding_box() for pane in visitor.viewer.locator(".pane").all())
    assert first is not None
    assert second is not None
    assert (first["width"], first["height"]) == pytest.approx((second["width"], second["height"]))
    assert first["y"] == pytest.approx(second["y"])
    assert first["width"] / first["height"] == pytest.approx(sizes[0][0] / sizes[0][1], rel=0.02)


def natural_size(picture) -> tuple[int, int]:
    width, height = picture.evaluate(
        "async image => { await image.decode(); return [image.naturalWidth, image.naturalHeight] }"
    )
    return width, height
