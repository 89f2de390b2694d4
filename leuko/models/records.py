"""Base of the records that lie in model folders as JSON, and the types of their values."""

import contextlib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0, le=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
LARGEST = 1e12
"""Of any number in a record; far above every count, size and duration that occurs."""
Finite = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Positive = Annotated[float, Field(gt=0, le=LARGEST)]
Count = Annotated[int, Field(ge=0, le=int(LARGEST))]
Total = Annotated[int, Field(gt=0, le=int(LARGEST))]


class Strict(BaseModel):
    """A frozen record in which an unknown key is an error."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        protected_namespaces=(),
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,  # a field keeps the key under which files hold it
    )


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a reader sees the old one or the new one.

    Args:
        path: in a folder that exists.
        content: of the new file.

    Raises:
        OSError: when it cannot be written; nothing of it is left then.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)  # half a file helps nobody, least on a full disk
        raise
