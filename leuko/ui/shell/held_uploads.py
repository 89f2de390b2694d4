"""Files that Streamlit holds: whatever was sent and is not taken, removed or ended yet."""

from collections.abc import Mapping
from typing import Protocol

from streamlit import runtime
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx


class HeldUploads(Protocol):
    """What keeps files in memory between their last byte and the page that takes them."""

    def held_bytes(self) -> Mapping[str, int]:
        """Bytes of all files held now, by session."""

    def is_here(self, session_id: str) -> bool:
        """Whether a browser is connected to that session."""

    def drop(self, session_id: str, file_id: str) -> None:
        """Let go of a file, if it is held."""


class StreamlitUploads:
    """The files of the running server; none where a page runs without one, as in tests of pages."""

    def held_bytes(self) -> Mapping[str, int]:
        """Bytes of all files held now, by session."""
        manager = _manager()
        if manager is None:
            return {}
        # Copies, for pages let go of files in threads of their own meanwhile.
        return {
            session_id: sum(len(file.data) for file in list(files.values()))
            for session_id, files in list(manager.file_storage.items())
        }

    def is_here(self, session_id: str) -> bool:
        """Whether a browser is connected to that session."""
        server = _server()
        return server is not None and server.is_active_session(session_id)

    def drop(self, session_id: str, file_id: str) -> None:
        """Let go of a file, if it is held."""
        manager = _manager()
        if manager is not None:
            manager.remove_file(session_id, file_id)


def release_uploads() -> None:
    """Let Streamlit forget all files of the session that runs this script; else it keeps them.

    Those too that no page will ask for any more, because their page was left while they were sent.
    """
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def _server() -> Runtime | None:
    found = runtime.get_instance() if runtime.exists() else None
    return found if isinstance(found, Runtime) else None


def _manager() -> MemoryUploadedFileManager | None:
    server = _server()
    found = server.uploaded_file_mgr if server is not None else None
    return found if isinstance(found, MemoryUploadedFileManager) else None
