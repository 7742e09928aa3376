"""The invented case with every free text of it turned hostile, and a document that is one word of ten million letters."""

from __future__ import annotations

from typing import Any

import msgspec
from publish_heap import tables

from leadline import schema as s

PAYLOAD = (
    '"\'><script>window.hit=1</script><img src=//evil.invalid/x onerror=window.hit=1><a href="javascript:window.hit=1">x</a>'
    "<svg onload=window.hit=1><style>body{display:none}@import '//evil.invalid/s'</style></title></style></script>{{7*7}}"
    "<iframe src=//evil.invalid></iframe><meta http-equiv=refresh content='0;url=//evil.invalid'>\u202eevil\u202c\u200b\u2066"
    "z\u0301\u0302\u0303\u0304\u0305\u0306"
    "<details open ontoggle=window.hit=1><input autofocus onfocus=window.hit=1><a href='data:text/html,<script>window.hit=1</script>'>x</a>"
    "<p style='background:url(//evil.invalid/c);position:fixed;inset:0'><link rel=stylesheet href=//evil.invalid/l><base href=//evil.invalid>"
    "<form action=//evil.invalid><button formaction=javascript:window.hit=1></form><object data=//evil.invalid></object><!-- ]]>"
    "<svg><use href='data:image/svg+xml,<svg onload=window.hit=1>#x'/><animate onbegin=window.hit=1 attributeName=x></svg>"
    "<math><mtext><style><img src=x onerror=window.hit=1></style></mtext></math>${7*7}"
    "\ufeffb\u200cr\u200de\u2060a\u00adk\u2067\u2069\u2028\U000e0041"
)
FREE = {
    "title", "publisher", "origin_publisher", "note", "canonical", "cue", "reason", "evidence", "speaker", "released_by", "phrase",
    "unit", "actor", "relying_name", "relied_on_name", "left", "right", "level", "scale", "language", "url", "ceiling_reason", "name",
}  # fmt: skip


def poisoned(value: Any, key: str = "") -> Any:
    """The value with the payload at the end of every free text."""
    if isinstance(value, dict):
        return {k: poisoned(v, k) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [poisoned(v, key) for v in value]
    return value + PAYLOAD if isinstance(value, str) and key in FREE and value != "en" else value


def hostile(letters: int = 10_000_000) -> dict[s.Table, list[s.Record]]:
    """The tables of `publish_heap`, poisoned; persons keep their names, since these are what is masked."""
    found = {}
    for table, rows in tables().items():
        if table is s.PERSONS:
            found[table] = rows
            continue
        found[table] = [msgspec.convert(poisoned(msgspec.to_builtins(r)), table.record) for r in rows]
    documents = found[s.DOCUMENTS]
    documents[0] = msgspec.structs.replace(documents[0], text=documents[0].text + PAYLOAD)
    word = s.Document(
        document=f"w{PAYLOAD}.txt", sha256="4" * 64, text="w" * letters, series="w", language="en", title="w" * 100_000
    )
    found[s.DOCUMENTS] = sorted([*documents, word], key=lambda d: d.document)
    return found
