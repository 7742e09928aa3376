"""Pages from views: Jinja templates with escaping on, one style sheet inside every page, no script, no load of any kind.

The content security policy allows exactly that style sheet (by its hash) and nothing else, so that nothing which comes
from a document can run or load, even if escaping failed.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "templates"


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = (HERE / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    env.globals.update(
        style=style, policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    env.filters["visible"] = visible
    env.filters["plural"] = plural
    return env


def render(template: str, **context: Any) -> bytes:
    """One page as UTF-8. `root` in the context is the way back to the dossier's top folder (`` or `../`)."""
    return _environment().get_template(template).render(**context).encode("utf-8")  # type: ignore[no-any-return]


def plural(n: int, singular: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "line"), plural(2, "line"), plural(0, "copy", "copies")
    ('1 line', '2 lines', '0 copies')
    """
    return f"{n:,} {singular if n == 1 else many or singular + 's'}"


def visible(text: str) -> str:
    r"""Text with its invisible and direction-changing characters made visible, so that nothing shown is other than it is.

    >>> visible("a\u202eb\x00c\n")
    'a⟨U+202E⟩b⟨U+0000⟩c\n'
    """
    return "".join(f"⟨U+{ord(c):04X}⟩" if _hidden(c) else c for c in text) if any(_hidden(c) for c in text) else text


_FORMATTING = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u061c")


def _hidden(c: str) -> bool:
    return (
        (c < " " and c not in "\n\t\r")
        or "\u202a" <= c <= "\u202e"
        or "\u2066" <= c <= "\u2069"
        or "\x7f" <= c <= "\x9f"
        or c in _FORMATTING
        or "\ud800" <= c <= "\udfff"
    )
