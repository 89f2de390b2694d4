"""What a person does on the Count page, and what the browser is sent, through AppTest."""

import json

import numpy as np

from leuko.ui.count.commands import carry_out
from leuko.ui.state.session import KEY
from tests import drawn
from tests.app.driving import drop, on_page, open_app


def field_file(seed, side_px=448):
    """The file of a drawn field with several blasts."""
    return drawn.encode(drawn.draw_field(seed, malignant=True, side_px=side_px), "PNG")


def empty_field():
    """The file of a field of red cells alone."""
    rng = np.random.default_rng(5)
    canvas = drawn._glass(rng, 448)
    for x, y in drawn._spread(rng, count=58, side_px=448, gap_px=42):
        drawn._red_cell(canvas, rng, x, y, radius_px=19)
    return drawn.encode(drawn._photograph(canvas, rng, blur_px=0.9), "PNG")


def open_count(*files):
    """The Count page, with files dropped on it."""
    app = on_page(open_app(), "count")
    return drop(app, *files) if files else app


def board(app):
    """What the board was sent."""
    sent = [json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.json]
    (data,) = [one for one in sent if one.get("role") == "board"]
    return data


def cells_sent(app):
    """Fields with their cells as the browser was sent them, by file name."""
    sent = [json.loads(one.proto.bytes) for one in app.get("bidi_component") if one.proto.bytes]
    told = [message for message in sent if message["role"] == "cells"]
    return {field["name"]: field for message in told for field in message["fields"]}


def counting(app):
    """The Count page's part of the session."""
    return app.session_state[KEY].counting


def keys_of(app):
    """Every cell on the page, by the order in which it was sent."""
    return [
        (field["sha"], cell["number"])
        for field in cells_sent(app).values()
        for cell in field["cells"]
    ]


def command(app, *commands, client="tab"):
    """What the browser asks for, then the page run again."""
    state = counting(app)
    first = state.confirmed.get(client, 0) + 1
    listed = [
        {"sequence": number, **one, "keys": [list(key) for key in one.get("keys", ())]}
        for number, one in enumerate(commands, first)
    ]
    cells = set(keys_of(app))
    carry_out({"client": client, "list": listed}, state, cells, {sha for sha, _ in cells})
    return app.run()
