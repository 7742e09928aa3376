"""Every string of the interface, from one catalogue file (`data/english.toml`): another language is another file.

`t` is for templates: the catalogue's text may hold markup, what is put into it is escaped. `say` is for plain text. An
entry is a string, or a table of `one` and `many` that `n` chooses between.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

CATALOGUE = Path(__file__).parent / "data" / "english.toml"


@cache
def catalogue() -> dict[str, Any]:
    """The catalogue as nested tables."""
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))


def say(key: str, **values: object) -> str:
    """A string of the catalogue as plain text.

    >>> say("count.claim", n=1), say("count.claim", n=1200)
    ('1 claim', '1,200 claims')
    """
    return _find(key, values).format(**values)


def t(key: str, **values: object) -> Markup:
    """A string of the catalogue as markup, the values made visible and escaped.

    >>> t("count.claim", n=2)
    Markup('2 claims')
    """
    shown = {k: visible(v) if isinstance(v, str) else v for k, v in values.items()}
    return Markup(_find(key, values)).format(**shown)  # noqa: S704  (the catalogue is ours; values are escaped by `format`)


def code(group: str, value: str) -> str:
    """A code of the tables for people; the code itself where the catalogue has no words for it.

    >>> code("medium", "intercepted-call"), code("medium", "smoke-signal")
    ('intercepted call', 'smoke signal')
    """
    words = catalogue().get(group, {}).get(value)
    return words if isinstance(words, str) else value.replace("-", " ")


def _find(key: str, values: dict[str, object]) -> str:
    entry: Any = catalogue()
    for part in key.split("."):
        entry = entry[part]
    if isinstance(entry, dict):
        entry = entry["one" if values.get("n") == 1 else "many"]
    assert isinstance(entry, str), key
    return entry


def visible(text: str) -> str:
    r"""Text with its invisible and direction-changing characters made visible, so that nothing shown is other than it is.

    Piles of combining marks, which would cover the lines around them, are spelled out too.

    >>> visible("a\u202eb\x00c\n")
    'a⟨U+202E⟩b⟨U+0000⟩c\n'
    """
    if isinstance(text, Markup):
        return text
    return _HIDDEN.sub(lambda m: "".join(f"⟨U+{ord(c):04X}⟩" for c in m[0]), text)


_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
    "|(?<=[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
