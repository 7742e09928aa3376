"""From a parsed document to attribution records."""

from __future__ import annotations

from typing import Literal

from leadline.extract.attribution.columns import columns_of
from leadline.extract.attribution.draft import Draft, offsets
from leadline.extract.attribution.nesting import parents
from leadline.extract.attribution.quotes import find_quotations, quoted_tokens
from leadline.extract.attribution.select import draft_by_model
from leadline.extract.attribution.speakers import resolve
from leadline.extract.parse import Parsed
from leadline.schema import Attribution


def find_attributions(parsed: Parsed) -> tuple[Attribution, ...]:
    """The attributions of one document, in the order of their cues, nested ones with their parent.

    Spans are `[start, end)` in code points of the document's text; `attribution_id` is `<document>#a<number>`.

    >>> from leadline.extract.parse import parse_documents
    >>> from leadline.schema import Document
    >>> text = "The ministry said on Monday that two men had left."
    >>> d = Document(document="a", sha256="", text=text, series="a", language="en")
    >>> a = find_attributions(next(parse_documents([d])))[0]
    >>> [text[s:e] for s, e in a.source], [text[s:e] for s, e in a.content]
    (['The ministry'], ['that two men had left'])
    """
    doc = parsed.doc
    text = parsed.document.text
    quotations = find_quotations(text, parsed.paragraphs)
    quote_of = quoted_tokens(doc, quotations)
    drafts = sorted(draft_by_model(columns_of(doc, parsed.paragraphs, quote_of)), key=lambda d: (d.head, d.content))
    names = [f"{parsed.document.document}#a{n:04d}" for n in range(1, len(drafts) + 1)]
    above = parents(drafts)
    speakers = resolve(doc, [d.source for d in drafts])
    return tuple(
        Attribution(
            attribution_id=name,
            document=parsed.document.document,
            source=offsets(doc, d.source),
            cue=offsets(doc, d.cue),
            content=offsets(doc, d.content),
            parent=None if up is None else names[up],
            kind=kind(d, quote_of),
            speaker=speaker,
        )
        for name, d, up, speaker in zip(names, drafts, above, speakers, strict=True)
    )


def kind(draft: Draft, quote_of: list[int]) -> Literal["direct", "indirect", "mixed"]:
    """Direct where (nearly) all of the content is quoted, mixed where some is."""
    quoted = sum(quote_of[i] >= 0 for i in draft.content)
    if quoted == 0:
        return "indirect"
    return "direct" if quoted >= 0.9 * len(draft.content) else "mixed"
