"""No text of a card, table or file name is read as Markdown, on any page."""

import html
import json
import re
from itertools import chain

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from leuko.ui.performance.page import VIEW, VIEWS
from tests.app import own_images
from tests.app.driving import crop, drop, open_app
from tests.made_hostile import RAW, hostile, make_hostile_copy

SHOWN_AS_THEY_ARE = frozenset(
    {
        "selectbox.options",
        "selectbox.raw_value",
        "multiselect.options",
        "multiselect.raw_values",
        "json.body",
        "dataframe.columns",
    }
)
"""Fields that the browser draws letter by letter; the browser's own test holds that."""
DATA = frozenset({"arrow_data_frame", "arrow_table", "plotly_chart", "bidi_component", "imgs"})
"""Cells of tables, charts and viewers, which have tests of their own."""


@pytest.fixture
def weights(weights, trained):
    for name in ("first", "second"):
        make_hostile_copy(trained.folder, weights, name)
    return weights


def texts(message, place):
    """Every text inside what is sent for an element, with its place."""
    for field, value in message.ListFields():
        here = f"{place}.{field.name}"
        many = value if not isinstance(value, (str, bytes, Message)) else [value]
        if field.type == FieldDescriptor.TYPE_MESSAGE and hasattr(many, "values"):
            continue  # a map
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for each in many:
                yield from texts(each, here)
        elif field.type == FieldDescriptor.TYPE_STRING:
            yield from ((here, each) for each in many)


def column_helps(proto):
    """Tooltips of columns; their labels are drawn on a canvas."""
    columns = json.loads(getattr(proto, "columns", "") or "{}") if hasattr(proto, "data") else {}
    for column in columns.values():
        yield "column.help", column.get("help") or ""


def elements(block):
    for child in block.children.values():
        proto = getattr(child, "proto", None)
        if isinstance(proto, Message):
            yield child.type, proto
        if hasattr(child, "children"):
            yield from elements(child)


def formatted(app):
    """Texts that a browser would format, as (place, text)."""
    found = []
    for root in app._tree.children.values():
        for kind, proto in elements(root):
            if kind in DATA:
                continue
            for place, text in chain(texts(proto, kind), column_helps(proto)):
                if place in SHOWN_AS_THEY_ARE or place.endswith((".id", ".form_id")):
                    continue
                raw = html_remains(text) if kind == "html" else markdown_remains(text)
                found += [(place, part, text) for part in raw]
    return found


def markdown_remains(text):
    without_escapes = re.sub(r"\\[^\w\s]", "", text)
    return [part for part in RAW if part in without_escapes]


def html_remains(text):
    return [part for part in ("<img", "<b>b") if part in text]


def expect_letters(app):
    assert not app.exception
    assert formatted(app) == []


def test_the_search_itself_finds_what_is_not_escaped():
    assert set(markdown_remains(hostile("x"))) == set(RAW)
    assert html_remains(hostile("x"))
    assert not html_remains(html.escape(hostile("x")))


def test_diagnose_shows_texts_of_cards_and_names_of_files_letter_by_letter(weights):
    app = open_app()
    expect_letters(app)
    drop(
        app,
        (f"{hostile('file')}.png", crop(1)),
        (f"{hostile('broken')}.png", b"no picture"),
    )
    expect_letters(app)
    app.switch_page("pages/compare.py").run()
    expect_letters(app)


def test_about_and_every_view_of_performance_show_texts_letter_by_letter(weights):
    app = open_app()
    app.switch_page("pages/about.py").run()
    expect_letters(app)
    app.switch_page("pages/performance.py").run()
    expect_letters(app)
    for view in VIEWS:
        app.session_state[VIEW] = view.name
        app.run()
        expect_letters(app)


def test_own_images_show_texts_letter_by_letter(weights):
    app = own_images.open_tab()
    expect_letters(app)
    drop(app, ("cells.zip", own_images.two_folders(hostile("label").replace("/", "-"), "Healthy")))
    expect_letters(app)
    own_images.run(app)
    expect_letters(app)


def test_a_refused_card_is_named_letter_by_letter(weights):
    (weights / "first" / "card.json").write_text('{"card_version": 1, "![x](http://e/x.png)": 1}')
    app = open_app()
    expect_letters(app)
