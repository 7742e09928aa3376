"""Search a whole case for words: what is left of a text after it was withdrawn, and which other documents share it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from leadline.ingest.discover import escape_name
from leadline.verifier.case import LEDGER

LENGTH = 5
WORD = re.compile(r"[^\W_]+")
TAG = re.compile(r"<[^<>]{0,2000}>")


class Remains(msgspec.Struct, frozen=True, kw_only=True):
    """A place that shares words with a withdrawn text.

    `document` is set where it is another document: a copy, an excerpt, or one that merely uses the same phrase; whether
    it must go too is for people to decide. `n_sequences` counts the five-word sequences that both have.
    """

    path: str
    document: str | None
    n_sequences: int


def sequences(text: str) -> set[int]:
    """Every five words in a row, as hashes that hold within this process.

    >>> len(sequences("one two three four five six"))
    2
    """
    words = [w.casefold() for w in WORD.findall(text)]
    return {hash(tuple(words[i : i + LENGTH])) for i in range(len(words) - LENGTH + 1)}


def find_remains(folder: Path, wanted: set[int]) -> Iterator[Remains]:
    """Every file of the case, and every row of its tables, that holds one of the sequences.

    The lock and the database of the ledger are passed over: whoever has the case open would lose the lock on a file that
    is opened and closed beside it. `ledger.jsonl` holds the same entries once the ledger is closed.
    """
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.parent != folder or not path.name.startswith((LEDGER, "writer.lock")):
            yield from remains_in(folder, path, wanted)


def remains_in(folder: Path, path: Path, wanted: set[int]) -> Iterator[Remains]:
    """What one file of the case shares with the sequences."""
    name = escape_name(path.relative_to(folder).as_posix())
    if path.suffix == ".parquet":
        yield from _in_table(path, name, wanted)
        return
    data = path.read_bytes()
    for encoding in ("utf-8", "utf-16-le"):
        text = data.decode(encoding, "ignore")
        n = len(sequences(TAG.sub(" ", html.unescape(text))) & wanted)
        if n:
            yield Remains(path=name, document=None, n_sequences=n)
            return


def _in_table(path: Path, name: str, wanted: set[int]) -> Iterator[Remains]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=64):
            for row in pa.Table.from_batches([batch]).to_pylist():
                n = len({s for text in _texts(row) for s in sequences(text)} & wanted)
                if n:
                    yield Remains(path=name, document=row.get("document"), n_sequences=n)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for v in value.values():
            yield from _texts(v)
    elif isinstance(value, list):
        for v in value:
            yield from _texts(v)
