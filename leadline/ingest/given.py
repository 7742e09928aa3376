"""What the collector knows about the documents: a CSV of `document`, `published`, `publisher` (others are notes)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from leadline.errors import InputError
from leadline.ingest.decode import UnreadableError, decode
from leadline.ingest.written import iso_interval
from leadline.schema import Published


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One row: what is known about one document."""

    published: Published | None = None
    publisher: str | None = None


def read_given(path: str) -> dict[str, Given]:
    """Rows by document; empty where no file is named.

    Raises `InputError` naming the row: an unknown date is an empty cell, never a guess.
    """
    if not path:
        return {}
    try:
        text = decode(Path(path).read_bytes()).text
    except OSError as e:
        raise InputError(f"the file cannot be read ({e.strerror})", place=path, todo="check the setting `meta`") from e
    except UnreadableError as e:
        raise InputError(str(e), place=path, expected="a CSV with the column `document`") from e
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if "document" not in (reader.fieldnames or []):
        found = ", ".join(reader.fieldnames or [])
        raise InputError(f"the columns are {found}", place=path, expected="`document`, `published`, `publisher`")
    rows: dict[str, Given] = {}
    for row in reader:
        name = (row["document"] or "").strip()
        place = f"{path}, line {reader.line_num}"
        if not name:
            continue
        if name in rows:
            raise InputError(f"{name} stands twice", place=place, todo="keep one row")
        stated = (row.get("published") or "").strip()
        interval = iso_interval(stated) if stated else None
        if stated and interval is None:
            raise InputError(
                f"{stated!r} is no date",
                place=place,
                expected="2023, 2023-02, 2023-02-28 or 2023-02-01/2023-02-28, or nothing where it is not known",
            )
        published = (
            Published(start=interval[0], end=interval[1], basis="given", evidence=f"{Path(path).name}: {stated}")
            if interval
            else None
        )
        rows[name] = Given(published=published, publisher=(row.get("publisher") or "").strip() or None)
    return rows


def given_for(document: str, rows: Mapping[str, Given], shared: frozenset[str] = frozenset()) -> Given:
    """The row of a document: by its name, else by its file name without folders, unless that is one of `shared`."""
    file_name = document.rpartition("/")[2]
    return rows.get(document) or (None if file_name in shared else rows.get(file_name)) or Given()


def rows_without_item(rows: Mapping[str, Given], items: Sequence[str]) -> list[str]:
    """Names of the rows that no item of the heap answers to: a slip of the pen there loses a date without a sign.

    >>> rows_without_item({"a.txt": Given(), "b.txt": Given(), "c.txt": Given()}, ["x/a.txt", "x/b.txt", "y/b.txt"])
    ['b.txt', 'c.txt']
    """
    count = Counter(name.rpartition("/")[2] for name in items)
    known = set(items) | {name for name, n in count.items() if n == 1}
    return [name for name in rows if name not in known]
