"""Counts files while they are sent to Streamlit, and refuses what is too much with HTTP 413."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect

from leuko.settings import FORM_BYTES
from leuko.ui.shell.upload_quota import OverQuotaError, UploadQuota

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_PLACE: Final = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)/?$")
"""Where Streamlit takes files, below whatever ``server.baseUrlPath`` says."""
LINGER_SECONDS: Final = 30.0
"""So long a browser may go on sending what is refused; nginx's ``lingering_time`` is the same."""


def upload_place(scope: Scope) -> tuple[str, str] | None:
    """Ids of the session and the file that a request brings; None for any other request."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return None
    found = _PLACE.search(scope["path"])
    return (found[1], found[2]) if found else None


async def take_upload(
    application: Application, scope: Scope, receive: Receive, send: Send, quota: UploadQuota
) -> None:
    """Let the application receive a file, for as long as it is within the quota.

    Args:
        application: what answers.
        scope: of a request for which :func:`upload_place` is not None.
        receive: gives the parts of its body.
        send: takes the answer.
        quota: counts.
    """
    place = upload_place(scope)
    assert place is not None  # noqa: S101  by its contract; for the type checker
    answered = False

    async def send_and_remember(message: Message) -> None:
        nonlocal answered
        answered = True
        await send(message)

    try:
        with quota.receive(*place, _declared_bytes(scope)) as incoming:

            async def receive_and_count() -> Message:
                message = await receive()
                quota.count(incoming, len(message.get("body", b"")))
                return message

            await application(scope, receive_and_count, send_and_remember)
    except ClientDisconnect:
        return  # the user took the file back or left, which is no fault to log
    except OverQuotaError as problem:
        if answered:
            raise
        await _refuse(str(problem), scope, receive, send, quota.limits.max_file_bytes)


def _declared_bytes(scope: Scope) -> int | None:
    """Content-Length; None without one, or where it is no number, which Streamlit refuses."""
    written = Headers(scope=scope).get("content-length", "")
    return int(written) if re.fullmatch(r"[0-9]{1,18}", written) else None


async def _refuse(
    sentence: str, scope: Scope, receive: Receive, send: Send, most_bytes: int
) -> None:
    """Answer 413, and let the browser send on for a while: none reads an answer before that.

    A connection that is closed while bytes still come in is reset, and the answer lost with it.
    """
    body = sentence.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE.value
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    if Headers(scope=scope).get("expect", "").lower() != "100-continue":  # it waits for us
        await _discard(receive, most_bytes + FORM_BYTES)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _discard(receive: Receive, most_bytes: int) -> None:
    """Receive the rest of a body and keep nothing of it, up to a number of bytes and seconds."""
    came = 0
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while came <= most_bytes:
                message = await receive()
                came += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return
