import asyncio
import logging

import pytest
from starlette.requests import ClientDisconnect

from leuko.settings import FORM_BYTES, Limits
from leuko.ui.shell.request_guard import HEADERS, RequestGuard
from leuko.ui.shell.upload_quota import UploadQuota
from leuko.workbench.arrivals import Bound

MEGABYTE = 1024 * 1024
QUOTA = 4 * MEGABYTE
LIMITS = Limits(max_file_bytes=MEGABYTE, max_session_bytes=QUOTA, max_uploading_bytes=2 * QUOTA)
TAKEN, TOO_LARGE = 204, 413


class Held:
    """Files as Streamlit holds them; sessions are here until they are taken out."""

    def __init__(self):
        self.files = {}
        self.sessions = {"a", "b", "c"}

    def held_bytes(self):
        return {name: sum(files.values()) for name, files in self.files.items()}

    def is_here(self, session_id):
        return session_id in self.sessions

    def drop(self, session_id, file_id):
        self.files.get(session_id, {}).pop(file_id, None)


class Server:
    """The guard before an application that keeps what it receives, as Streamlit does."""

    def __init__(self, limits=LIMITS):
        self.held = Held()
        self.quota = UploadQuota(self.held, lambda: limits)
        self.guard = RequestGuard(self._answer, self.quota)
        self.begun = 0

    async def _answer(self, scope, receive, send):
        self.begun += 1
        session_id, file_id = scope["path"].split("/")[-2:]
        if scope["method"] == "DELETE":
            self.held.drop(session_id, file_id)
        elif scope["method"] == "PUT":
            body = b""
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect  # as Starlette does
                body += message["body"]
                if not message["more_body"]:
                    break
            self.held.files.setdefault(session_id, {})[file_id] = len(body)
        await send({"type": "http.response.start", "status": TAKEN, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class Request:
    """A request whose body a test sends part by part."""

    def __init__(self, server, file, declared=None, *, method="PUT", base="", **headers):
        headers = {name.encode(): value.encode() for name, value in headers.items()}
        if declared is not None:
            headers[b"content-length"] = str(declared).encode()
        self.scope = {
            "type": "http", "method": method, "path": f"{base}/_stcore/upload_file/{file}",
            "headers": list(headers.items()),
        }  # fmt: skip
        self._server = server
        self._parts = asyncio.Queue()
        self.answers = []
        self.asked = 0
        self._task = None

    async def _receive(self):
        self.asked += 1
        return await self._parts.get()

    async def _send(self, message):
        self.answers.append(message)

    async def start(self):
        self._task = asyncio.create_task(self._server.guard(self.scope, self._receive, self._send))
        await settle()
        return self

    async def part(self, length, more=True):
        self._parts.put_nowait({"type": "http.request", "body": bytes(length), "more_body": more})
        await settle()

    async def leave(self):
        self._parts.put_nowait({"type": "http.disconnect"})
        await settle()

    async def end(self, length=0):
        """Send the last part; gives the status."""
        await self.part(length, more=False)
        await self._task
        return self.status

    async def whole(self, length):
        """All at once; gives the status."""
        await self.start()
        return await self.end(length)

    @property
    def done(self):
        return self._task.done()

    @property
    def error(self):
        return self._task.exception()

    @property
    def status(self):
        starts = [each for each in self.answers if each["type"] == "http.response.start"]
        return starts[0]["status"] if starts else None

    @property
    def headers(self):
        (start,) = [each for each in self.answers if each["type"] == "http.response.start"]
        return {name.decode().lower(): value.decode() for name, value in start["headers"]}

    @property
    def text(self):
        return b"".join(each.get("body", b"") for each in self.answers[1:]).decode()


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


def run(scenario):
    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_what_fits_is_passed_on_whole_and_counted_while_it_comes():
    async def scenario():
        server = Server()
        request = await Request(server, "a/1", 300).start()
        await request.part(100)
        assert server.quota.incoming_bytes == 100
        await request.part(100)
        assert server.quota.incoming_bytes == 200
        assert await request.end(100) == TAKEN
        assert server.held.files == {"a": {"1": 300}}
        assert server.quota.incoming_bytes == 0
        assert server.quota.refusals("a") == ()

    run(scenario)


def test_a_session_is_refused_by_what_it_announces_before_anything_is_received():
    async def scenario():
        server = Server()
        server.held.files["a"] = {"0": QUOTA - 100}
        request = await Request(server, "a/1", 101).start()
        assert server.begun == 0
        assert await request.end(101) == TOO_LARGE
        assert server.held.files == {"a": {"0": QUOTA - 100}}
        (refusal,) = server.quota.refusals("a")
        assert (refusal.declared_bytes, refusal.bound) == (101, Bound.SESSION)
        assert server.quota.refusals("a") == ()
        assert await Request(server, "a/2", 100).whole(100) == TAKEN

    run(scenario)


def test_a_refusal_says_why_in_a_sentence_and_closes_after_the_body_has_come():
    async def scenario():
        server = Server()
        request = await Request(server, "a/1", QUOTA + 1).start()
        assert request.status == TOO_LARGE
        assert not request.done
        await request.part(1000)
        assert not request.done
        await request.end(1000)
        assert "4 megabytes" in request.text
        assert request.headers["content-length"] == str(len(request.text.encode()))
        assert request.headers["connection"] == "close"
        assert {name: request.headers[name.lower()] for name in HEADERS} == HEADERS
        assert request.answers[-1] == {
            "type": "http.response.body", "body": b"", "more_body": False
        }  # fmt: skip

    run(scenario)


def test_a_browser_that_goes_on_sending_what_is_refused_is_cut_off():
    async def scenario():
        server = Server()
        request = await Request(server, "a/1", 10 * QUOTA).start()
        for _ in range(3):
            await request.part(MEGABYTE // 2)
        assert request.done
        assert request.error is None
        assert request.status == TOO_LARGE
        assert request.asked * MEGABYTE // 2 <= LIMITS.max_file_bytes + FORM_BYTES + MEGABYTE

    run(scenario)


def test_a_program_that_waits_for_leave_to_send_is_not_waited_for():
    async def scenario():
        request = await Request(Server(), "a/1", QUOTA + 1, expect="100-continue").start()
        assert request.done
        assert (request.status, request.asked) == (TOO_LARGE, 0)

    run(scenario)


def test_a_browser_that_leaves_while_it_is_refused_is_let_go():
    async def scenario():
        request = await Request(Server(), "a/1", QUOTA + 1).start()
        await request.leave()
        assert request.done
        assert request.error is None

    run(scenario)


@pytest.mark.parametrize("declared", [None, 10, "many", "-5", "9" * 5000])
def test_more_bytes_than_announced_are_refused_as_they_come(declared):
    async def scenario():
        server = Server()
        other = await Request(server, "b/1", 50).start()
        request = await Request(server, "a/1", declared).start()
        for _ in range(4):
            await request.part(MEGABYTE)
        assert request.status is None
        await request.part(1)
        assert request.status == TOO_LARGE
        assert server.quota.incoming_bytes == 0
        assert await request.end() == TOO_LARGE
        assert server.held.files == {}
        assert await other.end(50) == TAKEN  # of another session, all the while

    run(scenario)


def test_requests_at_once_share_the_quota_of_their_session():
    async def scenario():
        server = Server()
        first = await Request(server, "a/1", 3 * MEGABYTE).start()
        second = await Request(server, "a/2", MEGABYTE + 1).start()
        third = await Request(server, "a/3", MEGABYTE).start()
        fourth = await Request(server, "a/4").start()
        assert second.status == TOO_LARGE
        assert third.status is None
        await fourth.part(1)
        assert fourth.status == TOO_LARGE
        assert await first.end(3 * MEGABYTE) == TAKEN
        assert await third.end(MEGABYTE) == TAKEN
        assert server.held.held_bytes() == {"a": QUOTA}
        assert await Request(server, "a/5", 1).whole(1) == TOO_LARGE

    run(scenario)


def test_all_sessions_share_the_memory_of_the_server_by_what_they_have_sent():
    async def scenario():
        server = Server()
        server.held.files = {"b": {"1": QUOTA}, "c": {"1": QUOTA - 1000}}
        silent = await Request(server, "a/1", 900).start()
        assert await Request(server, "a/2", 900).whole(900) == TAKEN
        await silent.part(100)
        assert silent.status is None
        await silent.part(1)
        assert silent.status == TOO_LARGE
        assert [each.bound for each in server.quota.refusals("a")] == [Bound.SERVER]
        assert await Request(server, "a/3", 101).whole(101) == TOO_LARGE
        assert await Request(server, "a/4", 100).whole(100) == TAKEN

    run(scenario)


def test_one_session_leaves_the_others_a_third():
    limits = Limits(
        max_file_bytes=MEGABYTE, max_session_bytes=QUOTA, max_uploading_bytes=3 * MEGABYTE
    )

    async def scenario():
        server = Server(limits)
        assert await Request(server, "a/1", 2 * MEGABYTE).whole(2 * MEGABYTE) == TAKEN
        assert await Request(server, "a/2", 1).whole(1) == TOO_LARGE
        assert await Request(server, "b/1", MEGABYTE).whole(MEGABYTE) == TAKEN

    run(scenario)


def test_what_a_browser_that_left_had_sent_counts_no_more():
    async def scenario():
        server = Server()
        request = await Request(server, "a/1", QUOTA).start()
        await request.part(MEGABYTE)
        await request.leave()
        assert request.done
        assert request.error is None
        assert request.status is None
        assert server.quota.incoming_bytes == 0
        assert await Request(server, "a/2", QUOTA).whole(QUOTA) == TAKEN

    run(scenario)


def test_a_file_that_is_deleted_or_taken_counts_no_more():
    async def scenario():
        server = Server()
        for number in range(4):
            assert await Request(server, f"a/{number}", MEGABYTE).whole(MEGABYTE) == TAKEN
        assert await Request(server, "a/5", MEGABYTE).whole(MEGABYTE) == TOO_LARGE
        assert await Request(server, "a/0", method="DELETE").whole(0) == TAKEN
        assert await Request(server, "a/5", MEGABYTE).whole(MEGABYTE) == TAKEN
        assert await Request(server, "a/6", MEGABYTE).whole(MEGABYTE) == TOO_LARGE
        server.held.files.clear()  # a page took them
        assert await Request(server, "a/6", QUOTA).whole(QUOTA) == TAKEN

    run(scenario)


def test_a_file_that_comes_when_its_session_has_ended_is_not_held_for_ever():
    async def scenario():
        server = Server()
        request = await Request(server, "a/1", 200).start()
        await request.part(100)
        server.held.sessions.remove("a")
        await request.end(100)
        assert server.held.held_bytes().get("a", 0) == 0

    run(scenario)


def test_nothing_is_kept_of_refusals_in_sessions_that_are_none():
    async def scenario():
        server = Server()
        assert await Request(server, "a/1", QUOTA + 1).whole(0) == TOO_LARGE
        assert await Request(server, "made-up/1", QUOTA + 1).whole(0) == TOO_LARGE
        assert server.quota.refusals("made-up") == ()
        server.held.sessions.remove("a")
        assert await Request(server, "b/1", QUOTA + 1).whole(0) == TOO_LARGE
        assert server.quota.refusals("a") == ()
        assert len(server.quota.refusals("b")) == 1

    run(scenario)


def test_the_log_says_that_a_file_was_refused_and_names_no_session(caplog):
    async def scenario():
        server = Server()
        server.held.sessions.add("secret-session")
        await Request(server, "secret-session/secret-file", QUOTA + 1).whole(0)

    with caplog.at_level(logging.WARNING):
        run(scenario)
    assert "A file was refused: more than 4 megabytes of one session" in caplog.text
    assert "secret" not in caplog.text


def test_below_another_address_files_are_counted_too():
    async def scenario():
        assert (await Request(Server(), "a/1", QUOTA + 1, base="/leuko").whole(0)) == TOO_LARGE

    run(scenario)


def test_what_is_no_upload_is_passed_on_as_it_is():
    async def scenario():
        server = Server()
        for method in ("OPTIONS", "DELETE"):
            request = Request(server, "a/1", QUOTA + 1, method=method)
            assert await request.whole(0) == TAKEN
        other = Request(server, "a/1", QUOTA + 1)
        other.scope["path"] = "/media/a"
        assert await other.whole(0) == TAKEN

    run(scenario)
