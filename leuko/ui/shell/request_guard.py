"""What stands before Streamlit's server: who may connect, how much, the headers of every answer.

Streamlit itself judges the origin of a websocket by asking an outside address for the server's own
(``streamlit.net_util.get_external_ip``), once for every foreign page that tries. Nothing may leave
this machine, so a foreign origin is refused here, before Streamlit sees it.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from streamlit import config

from leuko.ui.shell.upload_guard import (
    Application,
    Message,
    Receive,
    Scope,
    Send,
    take_upload,
    upload_place,
)
from leuko.ui.shell.upload_quota import UPLOADS, UploadQuota

POLICY_VIOLATION = 1008
"""Code of RFC 6455 with which a websocket is refused; before it is open this is HTTP 403."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


class RequestGuard:
    """Refuses websockets of other sites and files beyond the quota; adds ``HEADERS`` to answers.

    Args:
        application: what answers.
        quota: counts the files that are sent.
    """

    def __init__(self, application: Application, quota: UploadQuota = UPLOADS) -> None:
        self._application = application
        self._quota = quota

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request as the ASGI specification has it."""
        if scope["type"] == "websocket":
            headers = Headers(scope=scope)
            if not is_own_origin(headers.get("origin"), headers.get("host")):
                await receive()  # websocket.connect
                await send({"type": "websocket.close", "code": POLICY_VIOLATION})
                return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
            await send(message)

        if upload_place(scope) is None:
            await self._application(scope, receive, send_with_headers)
        else:
            await take_upload(self._application, scope, receive, send_with_headers, self._quota)


def is_own_origin(origin: str | None, host: str | None) -> bool:
    """Whether a websocket was opened by a page of this application, or by no page at all.

    Args:
        origin: header Origin; programs other than browsers send none.
        host: header Host: the name by which the server was asked.

    Returns:
        True for the same host and port, and for the origins that
        ``server.corsAllowedOrigins`` lists.
    """
    if origin is None:
        return True
    allowed = {each.strip() for each in config.get_option("server.corsAllowedOrigins")}
    return origin in allowed or urlsplit(origin).netloc.lower() == (host or "").lower() != ""
