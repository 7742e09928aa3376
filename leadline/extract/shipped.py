"""Data files that are shipped with the package, read as typed records."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from leadline.errors import CodebookError

Shape = TypeVar("Shape")


def read_shipped(path: Path, shape: type[Shape]) -> Shape:
    """A TOML file as a record of that shape; raises `CodebookError` naming the path inside the file where it is wrong.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "words.toml"
    >>> _ = path.write_text('late = ["then"]')
    >>> read_shipped(path, dict[str, list[str]])
    {'late': ['then']}
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=shape)
    except (msgspec.ValidationError, msgspec.DecodeError) as e:
        raise CodebookError(str(e), place=str(path)) from e
