"""The table over all models, as a reader uses it with the mouse and with the keyboard."""

import re

import pytest
from playwright.sync_api import Locator, expect

from leuko.models.store import list_models

pytestmark = pytest.mark.browser

NARROW_VIEWS = ("Figures", "Probabilities", "Data and network")


@pytest.fixture
def overview(visitor):
    """A tab that shows all models."""
    visitor.visit("Performance")
    expect(visitor.page.get_by_role("grid", name="Models")).to_be_visible()
    visitor.wait_until_drawn()
    return visitor


def cells(visitor, column: str) -> list[str]:
    return visitor.page.locator(f"tbody [data-column={column}]").all_inner_texts()


def head(visitor, column: str) -> Locator:
    return visitor.page.locator(f".heads [data-column={column}] button")


def cell(visitor, model_id: str, column: str) -> Locator:
    return visitor.page.locator(f"tr[data-row='{model_id}'] [data-column={column}]")


def tip(visitor) -> Locator:
    return visitor.page.get_by_role("tooltip").and_(visitor.page.locator(".tip"))


def box(visitor, model_id: str) -> Locator:
    return cell(visitor, model_id, "pick").locator("input")


def legend(visitor) -> Locator:
    return visitor.page.locator(".st-key-performance_bars_chart .legendtext")


def measured() -> list[str]:
    return [model.id for model in list_models().models if model.predictions_path.is_file()]


def first_shown(visitor) -> str:
    """The model of the first row, which is in sight without scrolling."""
    title = cells(visitor, "model")[0]
    return next(one for one in measured() if title.startswith(title_of(one)))


def title_of(model_id: str) -> str:
    return list_models().get(model_id).card.title


def test_a_click_on_a_head_sorts_numbers_as_numbers_and_a_third_click_undoes_it(overview):
    as_given = cells(overview, "images")
    numbers = sorted((int(text.replace(",", "")) for text in as_given), reverse=True)
    head(overview, "images").click()
    assert [int(text.replace(",", "")) for text in cells(overview, "images")] == numbers
    head(overview, "images").click()
    assert [int(text.replace(",", "")) for text in cells(overview, "images")] == numbers[::-1]
    head(overview, "images").click()
    assert cells(overview, "images") == as_given


def test_what_has_no_value_stands_last_whichever_way_the_table_is_sorted(overview):
    missing = cells(overview, "published_accuracy").count("–")
    assert missing
    for _ in range(2):
        head(overview, "published_accuracy").click()
        printed = cells(overview, "published_accuracy")
        assert printed[-missing:] == ["–"] * missing
        assert "–" not in printed[:-missing]


def test_a_rerun_of_the_page_leaves_the_order_as_it_is(overview):
    head(overview, "images").click()
    before = cells(overview, "model")
    box(overview, measured()[-1]).click()
    overview.wait_until_idle()
    assert cells(overview, "model") == before


def test_a_figure_explains_itself_under_the_mouse(overview):
    shown = tip(overview)
    expect(shown).to_be_hidden()
    cell(overview, first_shown(overview), "sensitivity").hover()
    expect(shown).to_contain_text(re.compile(r"\d \(\d.*95 % interval: .*\d+ of \d+ images"))
    overview.page.get_by_role("heading", level=1).hover()
    expect(shown).to_be_hidden()


def test_a_figure_explains_itself_to_the_keyboard(overview):
    head(overview, "model").focus()
    for key in ("ArrowDown", *("ArrowRight",) * 4):
        overview.page.keyboard.press(key)
    expect(tip(overview)).to_contain_text("95 % interval")
    expect(overview.page.locator("td:focus")).to_have_attribute("aria-describedby", "tip")
    overview.page.keyboard.press("Escape")
    expect(tip(overview)).to_be_hidden()


def test_the_tab_key_passes_the_table_in_one_step(overview):
    head(overview, "model").focus()
    overview.page.keyboard.press("Tab")
    expect(overview.page.get_by_role("grid", name="Models").locator(":focus")).to_have_count(0)


def test_picks_draw_the_bars_and_are_kept_over_a_visit_to_another_page(overview):
    chosen = measured()[-1]
    everything = overview.page.locator("thead .pick input")
    while overview.page.locator("tbody .pick input:checked").count():
        everything.click()
    expect(overview.page.get_by_text("No model is picked.")).to_be_visible()
    box(overview, chosen).focus()
    overview.page.keyboard.press("Space")
    expect(legend(overview)).to_have_text([title_of(chosen)])
    overview.visit("About")
    overview.visit("Performance")
    expect(legend(overview)).to_have_text([title_of(chosen)])
    expect(overview.page.locator("tbody .pick input:checked")).to_have_count(1)
    expect(box(overview, chosen)).to_be_checked()


def test_many_quick_picks_all_count(overview):
    boxes = overview.page.locator("tbody .pick input")
    wanted = [not each.is_checked() for each in boxes.all()]
    for each in boxes.all():
        each.click()
    overview.wait_until_idle()
    expect(overview.page.locator("tbody .pick input:checked")).to_have_count(sum(wanted))
    assert [each.is_checked() for each in boxes.all()] == wanted


def test_a_click_on_a_name_opens_that_model(overview):
    chosen = measured()[-1]
    cell(overview, chosen, "model").get_by_role("button").click()
    expect(overview.page.get_by_role("tab", name="One model")).to_have_attribute(
        "aria-selected", "true"
    )
    expect(overview.page.get_by_role("combobox", name="Model")).to_have_value(title_of(chosen))


def test_lower_is_better_is_said_where_it_is_so(overview):
    overview.page.get_by_role("radio", name="Probabilities").click()
    head(overview, "brier").hover()
    expect(tip(overview)).to_contain_text("Lower is better.")
    head(overview, "brier").click()
    expect(overview.page.locator(".heads [data-column=brier]")).to_have_attribute(
        "aria-sort", "ascending"
    )


def test_the_narrow_views_fit_a_small_screen_and_all_columns_scroll_inside_the_table(overview):
    scroller = overview.page.locator(".models .scroller")
    fits = "element => element.scrollWidth <= element.clientWidth"
    for view in NARROW_VIEWS:
        overview.page.get_by_role("radio", name=view).click()
        assert scroller.evaluate(fits), view
    overview.page.get_by_role("radio", name="All columns").click()
    assert not scroller.evaluate(fits)
    main = overview.page.get_by_test_id("stMain")
    assert main.evaluate(fits)
