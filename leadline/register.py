"""The source register: persons and bodies to whom statements are attributed, as data.

A register file (TOML) lists sources with their names in any script, what kind of body they are, who owns or runs them,
which list (family of origins) they feed, which side they are on, and their reliability with who graded it and when.
Reliability is a property of the source and is never computed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from leadline.errors import CodebookError
from leadline.schema import Medium

SHIPPED = Path(__file__).parent / "registers" / "coercion.toml"
Grade = Literal["A", "B", "C", "D", "E", "F"]


class Reliability(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An Admiralty reliability grade, with who gave it and when: F means that it cannot be judged, which is not the worst."""

    grade: Grade
    by: Annotated[str, msgspec.Meta(min_length=1)]
    date: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the register."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    name: str
    kind: Literal[
        "state-body",
        "armed-force",
        "outlet",
        "agency",
        "monitor",
        "channel",
        "person",
        "court",
        "international",
        "class",
    ]
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    family: str | None = None
    side: str | None = None
    yardstick: str | None = None
    relays: bool = False
    medium: Medium | None = None
    reliability: Reliability | None = None
    note: str = ""


class RegisterFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A register file: a title and its sources."""

    title: str
    sources: tuple[Source, ...]


@lru_cache(maxsize=100_000)
def fold(name: str) -> str:
    """A name without accents, case, possessive endings, articles and punctuation.

    >>> fold("The Ukraine’s  Military-Intelligence's")
    'ukraine military intelligence'
    """
    text = unicodedata.normalize("NFKD", name.replace("’", "'").replace("ʼ", "'"))
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    text = re.sub(r"'s\b|'(?=\s|$)", "", text)
    text = re.sub(r"[^\w]+", " ", text).strip()
    return re.sub(r"^(the|a|an) ", "", text)


class Register:
    """Sources by id and by any of their names; a later file's entry and names stand before an earlier one's.

    `places` says where each source was read, for errors.

    >>> r = Register([Source(id="hur", name="Ukrainian military intelligence", kind="state-body", aliases=("HUR",))])
    >>> r.resolve("HUR").id, r.resolve("nobody")
    ('hur', None)
    """

    def __init__(self, sources: Iterable[Source], places: Mapping[str, str] | None = None) -> None:
        self.sources: dict[str, Source] = {}
        for s in sources:
            self.sources.pop(s.id, None)  # what a case says of a source stands last, and so wins its names
            self.sources[s.id] = s
        self.places = places or {}
        for s in self.sources.values():
            self._owners(s)

    @cached_property
    def names(self) -> dict[str, Source]:
        """Folded name to source."""
        return {fold(name): s for s in self.sources.values() for name in (s.name, *s.aliases)}

    def resolve(self, name: str) -> Source | None:
        """The source of exactly that name or alias, None where there is none."""
        return self.names.get(fold(name))

    def owners(self, source_id: str) -> tuple[str, ...]:
        """Ids of the source and of everything above it, nearest first."""
        return self._owners(self.sources[source_id]) if source_id in self.sources else (source_id,)

    def family(self, source_id: str) -> str | None:
        """The list that the source feeds: its own, else that of the nearest owner that has one."""
        return next((f for o in self.owners(source_id) if o in self.sources and (f := self.sources[o].family)), None)

    def _owners(self, source: Source) -> tuple[str, ...]:
        seen = [source.id]
        while (parent := self.sources[seen[-1]].parent) is not None:
            place = f"{self.places.get(seen[-1], f'sources[{seen[-1]}]')}.parent"
            if parent not in self.sources:
                raise CodebookError(
                    f"the parent {parent!r} of {seen[-1]!r} is not in the register",
                    place=place,
                    expected="the id of another entry",
                    todo="add the entry or remove the field",
                )
            if parent in seen:
                ring = seen[seen.index(parent) :]
                where = "".join(f"\n    {s}: {self.places[s]}" for s in ring if s in self.places)
                raise CodebookError(
                    f"the owners form a loop: {' -> '.join([*ring, parent])}{where}",
                    place=place,
                    expected="an owner at the top",
                    todo="remove one of these parents",
                )
            seen.append(parent)
        return tuple(seen)


def read_register(path: Path) -> tuple[Source, ...]:
    """The sources of one register file.

    Raises `CodebookError` naming the file and the path inside it.
    """
    try:
        file = msgspec.toml.decode(path.read_bytes(), type=RegisterFile)
    except OSError as e:
        raise CodebookError(
            f"the register cannot be read ({e.strerror})", place=str(path), todo="check the name given in the settings"
        ) from e
    except (msgspec.ValidationError, msgspec.DecodeError) as e:
        raise CodebookError(str(e), place=str(path)) from e
    ids: dict[str, int] = {}
    names: dict[str, int] = {}
    for i, s in enumerate(file.sources):
        if s.id in ids:
            raise CodebookError(
                f"the id {s.id!r} stands twice, first in $.sources[{ids[s.id]}]",
                place=f"{path}: $.sources[{i}].id",
                todo="give each source its own id",
            )
        ids[s.id] = i
        for name in (s.name, *s.aliases):
            other = names.setdefault(fold(name), i)
            if other != i:
                raise CodebookError(
                    f"{name!r} is a name of two sources, {file.sources[other].id!r} and {s.id!r}",
                    place=f"{path}: $.sources[{i}]",
                    expected="names that belong to one source each",
                    todo=f"remove it here or in $.sources[{other}]",
                )
    return file.sources


def load_register(extra: Iterable[str | Path] = (), *, shipped: bool = True) -> Register:
    """The shipped register (unless switched off) and the case's own on top.

    Raises `CodebookError` naming file and entry: what cannot be read, an id or a name that stands twice in a file, an
    owner that does not exist, owners that form a loop.
    """
    sources: list[Source] = []
    places: dict[str, str] = {}
    for path in [*([SHIPPED] if shipped else []), *map(Path, extra)]:
        read = read_register(path)
        sources += read
        places |= {s.id: f"{path}: $.sources[{i}]" for i, s in enumerate(read)}
    return Register(sources, places)
