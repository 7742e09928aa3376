"""Pages from views: Jinja templates with escaping on, style and script inside every page, no load of any kind.

The content security policy of a page allows exactly the style sheets and scripts that stand in it, each by its hash, and nothing
else: no other script, no handler, no picture, font or connection, so that nothing which comes from a document can run or
load, even if escaping failed. Every value is made visible (`words.visible`) before it is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from leadline.errors import LeadlineError
from leadline.publish.words import code, say, t, visible

HERE = Path(__file__).parent / "templates"
LEAFLET = Path(__file__).parent / "data" / "leaflet"
MAP_PAGES = frozenset({"map.html"})  # pages that also hold Leaflet


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if isinstance(value, str) else value,
    )
    env.globals.update(t=t, code=code, data=_data, pack=_pack)
    env.filters["visible"] = visible
    env.filters["plural"] = lambda n, noun: say(f"count.{noun}", n=n)
    env.filters["dates"] = _dates
    env.filters["figure"] = lambda x: f"{x:,.0f}"
    return env


def render(template: str, **context: Any) -> bytes:
    """One page as UTF-8. `root` in the context is the way back to the dossier's top folder (`` or `../`)."""
    page = _environment().get_template(template).render(**context, **_own(template in MAP_PAGES))
    return page.encode("utf-8", "replace")  # type: ignore[no-any-return]


@cache
def _own(with_map: bool) -> dict[str, Any]:
    """Style sheets and scripts of a page, and the policy that allows them."""
    styles, scripts = [_read(HERE / "style.css")], [_read(HERE / "tables.js")]
    if with_map:
        styles.append(_read(LEAFLET / "leaflet.css"))
        scripts += [_read(LEAFLET / "leaflet.js"), _read(HERE / "map.js")]
    allowed = "; ".join(
        f"{kind} {' '.join(_hash(x) for x in texts)}"
        for kind, texts in (("style-src", styles), ("script-src", scripts))
    )
    return {
        "styles": [Markup(x) for x in styles],  # noqa: S704  (files of this package)
        "scripts": [Markup(x) for x in scripts],  # noqa: S704  (files of this package)
        "policy": f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'",
    }


def _read(path: Path) -> str:
    """A style sheet or script of this package. Raises `LeadlineError` where its text would end the element it stands in."""
    text = path.read_text(encoding="utf-8")
    if re.search(r"</s(?:cript|tyle)|<!--", text, re.I):
        raise LeadlineError(
            "it would end the element that it stands in",
            place=str(path),
            expected="no `</script`, `</style` or `<!--` in it",
        )
    return text


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _dates(text: str) -> Markup:
    """Text whose ISO dates do not break across lines."""
    return Markup(re.sub(r"\d{4}-\d\d-\d\d", r'<span class="nowrap">\g<0></span>', str(escape(visible(text)))))  # noqa: S704


def _pack(text: str) -> str:
    """Text that a page's script unpacks: gzip in base64, by the zlib that pyarrow carries, so that it is the same on every machine.

    >>> import gzip
    >>> gzip.decompress(base64.b64decode(_pack("a row"))).decode()
    'a row'
    """
    import pyarrow as pa

    packed: bytes = pa.compress(str(text).encode("utf-8", "replace"), codec="gzip", asbytes=True)
    return base64.b64encode(packed).decode("ascii")


def _data(value: Any) -> Markup:
    """A value as JSON that may stand inside a data block of a page: no character of it can end the block."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
