"""A visitor who leaves early is no error of the application; everything else is."""

from tests.browser.server_log import without_early_leavers

LEFT = """Exception in ASGI application
Traceback (most recent call last):
  File "a.py", line 516, in _websocket_endpoint
    data = await websocket.receive_bytes()
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
starlette.websockets.WebSocketDisconnected: WebSocket is not connected. Need to call "accept" first.

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "b.py", line 187, in close
    await self.send({})
starlette.websockets.WebSocketDisconnected: Cannot call "send" once a close message has been sent.
"""


def test_a_visitor_who_left_before_the_connection_stood_is_no_error():
    assert without_early_leavers(f"before\n{LEFT}after\n") == "before\nafter\n"


def test_another_error_of_the_server_stays():
    other = LEFT.replace("starlette.websockets.WebSocketDisconnected: Cannot", "RuntimeError: ")
    assert "Traceback" in without_early_leavers(other)
    ours = "Traceback (most recent call last):\n  File 'x'\nKeyError: 'x'\n"
    assert without_early_leavers(LEFT + ours) == ours
