"""The wording of page furniture, from `data/furniture.toml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import msgspec

DATA = Path(__file__).parent / "data" / "furniture.toml"


class Lexicon(msgspec.Struct, frozen=True):
    """`data/furniture.toml`, compiled."""

    longest_line: int
    longest_paragraph: int
    rules: tuple[tuple[str, Callable[[str], object]], ...]
    appeal: re.Pattern[str]
    tail: re.Pattern[str]
    component: re.Pattern[str]
    agencies: re.Pattern[str]
    library: re.Pattern[str]
    role: re.Pattern[str]
    note: re.Pattern[str]
    origin: re.Pattern[str]
    told: re.Pattern[str]


@cache
def furniture_words() -> Lexicon:
    """The wording of page furniture, compiled once."""
    data = msgspec.toml.decode(DATA.read_bytes())
    lines = [(name, _any(patterns).fullmatch) for name, patterns in data["line"].items()]
    openings = [(name, _any(patterns).match) for name, patterns in data["opening"].items()]
    roles = "|".join(sorted(data["biography"]["roles"], key=len, reverse=True))
    named = r"(?:[A-ZÀ-Þ][\w'’.-]*\s+){1,3}[A-ZÀ-Þ][\w'’.-]*"
    return Lexicon(
        longest_line=data["longest_line"],
        longest_paragraph=data["longest_paragraph"],
        rules=tuple(lines + openings),
        appeal=_any(p for patterns in data["appeal"].values() for p in patterns),
        tail=_any(p for patterns in data["tail"].values() for p in patterns),
        component=_any(data["component"]["block"]),
        agencies=re.compile(f"(?:{'|'.join(data['caption']['agencies'])})", re.I),
        library=re.compile(rf"(?:\s|(?=/))(?:{'|'.join(data['caption']['libraries'])})$", re.I),
        origin=_any(data["origin"]["lines"]),
        told=_any(data["origin"]["told"]),
        role=re.compile(rf"(?:[\w-]+\s+){{0,3}}\b(?:{roles})s?\b(?:\s+(?:at|for|of|in)\s+.{{2,60}})?", re.I),
        note=re.compile(
            rf"(?:[*_–—-]\s*)?{named},?\s+(?:(?:is|was)\s+(?:an?|the)\s+[^.!?\n]{{0,120}}\b(?i:{roles})\b|writes\s+(?:about|for|on)\b|covers\b|(?:is\s+)?reporting\s+from\b)"
        ),
    )


def _any(patterns: Iterator[str] | list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.I)
