r"""What breaks the words of a text, and what is to be read in its place.

Layout (soft hyphens, hyphens at line ends, odd blanks), copying (marks of bold type, links, tags, entities, `>` before each
line, numbers of notes, times before turns), damage (UTF-8 read as Windows-1252, letters of another script) and decoration (pictures between words).

>>> apply("Two con\u00adscripts of the 87th Regi-\nment de\ufb01ed\u00a0him.[3]")
'Two conscripts of the 87th Regiment defied him.'
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import msgspec

from leadline.extract.paragraphs import PICTURE
from leadline.extract.shipped import read_shipped

FILE = Path(__file__).parent / "data" / "mending.toml"
Repair = tuple[int, int, str]
"""Where a text is broken, and what is read there."""

_BLANK = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_CLOSE = r".,;:!?”’\"')"
_WINDOWS = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
"""What Windows-1252 has where ISO 8859-1 has control characters."""

BROKEN = re.compile(
    r"(?P<unseen>[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0f\u20e3\ufeff]+)"
    r"|(?P<letters>[\ufb00-\ufb06]|[A-Za-z][\u0300-\u036f]{1,4})"
    r"|(?P<marks>(?<![\w*])\*\*?(?=[^\s*])|(?<=[^\s*])\*\*?(?![\w*])|(?<![\w_])__?(?=[^\W_])|(?<=[^\s_])__?(?![\w_]))"
    r"|\[(?P<label>[^\[\]\n]{1,300})\]\(https?://[^\s()]{1,500}\)"
    r"|(?<![A-Za-z])(?P<left>[A-Za-z]?[a-z]{1,30})(?P<hyphen>-)[ \t]{0,4}\r?\n[ \t]{0,40}"
    r"(?P<right>[a-z]{2,30}[.,;:!?)”’\"]{0,3})(?P<gap>[ \t\r\n]?)"
    rf"|(?P<blanks>(?<=\S)[ {_BLANK}]{{2}}(?=\S)|[{_BLANK}])"
    rf"|(?P<note>(?<=[\w{_CLOSE}])(?:\[(?:\d{{1,3}}|citation needed)\])+(?!\()"
    rf"|(?:(?<=[A-Za-z]{{3}})|(?<=[{_CLOSE}]))[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]{{1,3}}(?!\w))"
    r"|(?P<entity>&(?:[A-Za-z]{2,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});)"
    r"|(?P<tag><(?:br|/?(?:p|b|i|u|em|strong|span|a|li|ul|div))(?:\s[^<>\n]{0,300})?/?>)"
    rf"|(?P<misread>â(?:€[\u0080-\u00bf{_WINDOWS}\ufffd]?|\u0080[\u0080-\u00bf])|[ÂÃ][\u0080-\u00bf{_WINDOWS}]|[\u0080-\u009f])"
    r"|(?P<foreign>(?<=[A-Za-z])[а-яёіїјѕА-ЯЁІЇЈЅ]{1,20}|[а-яёіїјѕА-ЯЁІЇЈЅ]{1,20}(?=[A-Za-z]))"
    r"|(?P<stamp>(?m:^)(?:\[(?:\d{1,4}[-./:, ]{1,2}){1,6}\d{0,4}(?: [AP]M)?\]|\d{1,2}[./]\d{1,2}[./]\d{2,4}, \d{1,2}:\d{2}(?: [AP]M)? -)[ \t]{1,4}(?=\S))"
    r"|(?P<passed>(?m:^)(?:>[ \t]?){1,5})"
    rf"|(?P<picture>[ ]?[{PICTURE}][{PICTURE}\u200d\ufe0f]*[ ]?)"
)
"""No two of its repetitions can take the same character, and each is bounded: the search is linear."""


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words and letters of `data/mending.toml`; the file says what each is for."""

    kept: frozenset[str]
    small: frozenset[str]
    fronts: frozenset[str]
    tails: frozenset[str]
    alike: dict[str, str]


@cache
def mending_words() -> Words:
    """The shipped words; raises `CodebookError` naming the path inside the file where it is wrong."""
    return read_shipped(FILE, Words)


def repairs(text: str) -> Iterator[Repair]:
    """What is to be read otherwise, in order and without overlap."""
    for m in BROKEN.finditer(text):
        kind = m.lastgroup or ""
        if kind == "label":
            yield m.start(), m.start() + 1, ""
            yield m.end("label"), m.end(), ""
        elif kind == "gap":
            kept = m["left"].lower() in mending_words().kept
            yield m.end("hyphen" if kept else "left"), m.start("right"), ""
            if m["gap"]:
                yield *m.span("gap"), " "
        else:
            read = READ[kind]
            new = read if isinstance(read, str) else read(m)
            if new != m[0]:
                yield *m.span(), new


def apply(text: str) -> str:
    """The text with all its repairs."""
    out, at = [], 0
    for start, end, new in repairs(text):
        out += [text[at:start], new]
        at = end
    return "".join([*out, text[at:]])


def _letters(m: re.Match[str]) -> str:
    return unicodedata.normalize("NFC" if len(m[0]) > 1 else "NFKC", m[0])


def _tag(m: re.Match[str]) -> str:
    return "\n\n" if m[0].lower().startswith(("<br", "<p", "</p", "<li", "<div")) else ""


def _misread(m: re.Match[str]) -> str:
    """Characters whose UTF-8 was read as Windows-1252 or ISO 8859-1; a closing mark's last byte is often lost on the way."""
    if m[0].startswith("â€") and m[0][2:] in {"", "\ufffd", "\u009d"}:
        return "”"
    raw = b"".join(c.encode("cp1252") if c in _WINDOWS else c.encode("latin-1") for c in m[0].replace("\ufffd", ""))
    try:
        return raw.decode("utf-8" if len(raw) > 1 else "cp1252")
    except UnicodeDecodeError:
        return m[0]


def _foreign(m: re.Match[str]) -> str:
    """Letters of another script that look like the Latin ones beside them; others are left."""
    alike = mending_words().alike
    return "".join(alike[c] for c in m[0]) if all(c in alike for c in m[0]) else m[0]


def _picture(m: re.Match[str]) -> str:
    """What opens a line opens an item of its own; elsewhere it is a blank."""
    return "\n" if m.start() == 0 or m.string[m.start() - 1] == "\n" else " "


READ: dict[str, str | Callable[[re.Match[str]], str]] = {
    "unseen": "",
    "letters": _letters,
    "marks": "",
    "blanks": " ",
    "note": "",
    "entity": lambda m: html.unescape(m[0]),
    "tag": _tag,
    "misread": _misread,
    "foreign": _foreign,
    "stamp": "",
    "passed": "",
    "picture": _picture,
}
