"""A codebook from its file and the files that it builds on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from leadline.codebook.checks import meant, path_in, problems, sentence
from leadline.codebook.parts import CodebookFile, Event
from leadline.codebook.patterns import Pattern, parse_pattern
from leadline.disk import digest_of
from leadline.errors import CodebookError

FOLDER = Path(__file__).parents[1] / "codebooks"
SHIPPED = FOLDER / "coercion.toml"


class Codebook:
    """A codebook ready for use: its file and the files it builds on, merged.

    >>> book = load_codebook(None)
    >>> book.event("refusal").label
    'Refusal to fight or obey'
    """

    def __init__(self, file: CodebookFile) -> None:
        self.file = file
        self.events = file.events
        self._by_code = {e.code: e for e in file.events}
        self.classes = file.classes

    def event(self, code: str) -> Event:
        """The event of that code."""
        if code not in self._by_code:
            raise CodebookError(f"no event is called {code!r}", expected="one of " + ", ".join(self._by_code))
        return self._by_code[code]

    def pattern(self, words: str) -> Pattern:
        """The steps of a pattern of this codebook."""
        return parse_pattern(words, self.classes)

    def phrases(self, name: str) -> Pattern:
        """A pattern that any phrase of the class fits."""
        return parse_pattern(f"@{name}", self.classes)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Event codes in the order of the file."""
        return tuple(self._by_code)


def load_codebook(path: str | Path | None = None) -> Codebook:
    """The codebook of a file, the shipped `coercion` where none is named.

    Raises `CodebookError` naming the file and the exact place in it, such as `$.events[3].triggers[0].words`.
    """
    place = Path(path) if path else SHIPPED
    file = _read(place, ())
    for where, problem in problems(file):
        raise CodebookError(problem, place=f"{place}: {where}")
    return Codebook(file)


def content_of(path: str | Path) -> str:
    """Digest of all that a codebook says, its bases and its taught model with it, wherever these lie.

    Raises `CodebookError` as `load_codebook` does.
    """
    file = load_codebook(path).file
    if file.learned:
        file = msgspec.structs.replace(file, learned=digest_of(Path(file.learned)))
    return hashlib.sha256(msgspec.json.encode(file, order="deterministic")).hexdigest()


def check_codebook(path: str | Path) -> None:
    """Raise `CodebookError` with the exact place of the first fault of a codebook file; return None if there is none."""
    load_codebook(path)


def _read(path: Path, seen: tuple[Path, ...]) -> CodebookFile:
    try:
        file = msgspec.toml.decode(path.read_bytes(), type=CodebookFile)
    except OSError as e:
        raise CodebookError(
            f"the codebook cannot be read ({e.strerror})", place=str(path), todo="check the name"
        ) from e
    except UnicodeDecodeError as e:
        raise CodebookError("the file is not UTF-8 text", place=str(path), expected="a TOML file") from e
    except (msgspec.ValidationError, msgspec.DecodeError) as e:
        raise CodebookError(sentence(str(e)), place=f"{path}: {path_in(str(e))}", todo=meant(str(e))) from e
    if file.learned:
        file = msgspec.structs.replace(file, learned=_beside(path, file.learned))
    if not file.base:
        return file
    below = path.parent / file.base if (path.parent / file.base).is_file() else FOLDER / f"{file.base}.toml"
    if not below.is_file() or below.resolve() in seen:
        raise CodebookError(
            f"the base {file.base!r} is not found" if not below.is_file() else "the bases form a loop",
            place=f"{path}: $.base",
            expected="a file beside this one or a shipped codebook",
        )
    return _merge(_read(below, (*seen, path.resolve())), file)


def _beside(path: Path, name: str) -> str:
    """The file of a taught model: beside the codebook, or one that is shipped; raises `CodebookError` where there is none."""
    found = next((f for f in (path.parent / name, FOLDER / name) if f.is_file()), None)
    if found is None:
        raise CodebookError(
            f"the model {name!r} is not found",
            place=f"{path}: $.learned",
            expected="a file beside this one or one that is shipped",
            todo="train it with scripts/train_events.py, or leave the key out",
        )
    return str(found)


def _merge(below: CodebookFile, above: CodebookFile) -> CodebookFile:
    """`above` on top of `below`: classes and codes of the same name are replaced, except that a list that contains
    its own class (`@troops` inside `troops`) adds to it.
    """
    classes = dict(below.classes)
    for name, phrases in above.classes.items():
        own = classes.get(name, ())
        classes[name] = tuple(p for phrase in phrases for p in (own if phrase == f"@{name}" else (phrase,)))

    def by_code(lower: Iterable[Any], upper: Iterable[Any]) -> tuple[Any, ...]:
        return tuple({x.code: x for x in (*lower, *upper)}.values())

    return msgspec.structs.replace(
        above,
        base="",
        learned=above.learned or below.learned,
        classes=classes,
        events=(*above.events, *(e for e in below.events if e.code not in {x.code for x in above.events})),
        realis=by_code(below.realis, above.realis),
        media=by_code(below.media, above.media),
        verification=by_code(below.verification, above.verification),
    )
