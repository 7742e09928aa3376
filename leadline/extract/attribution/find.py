"""From a parsed document to attribution records."""

from __future__ import annotations

from typing import Literal

from leadline.extract.algebra import one_thread
from leadline.extract.attribution.carry import Quoted
from leadline.extract.attribution.columns import columns_of
from leadline.extract.attribution.draft import Draft, offsets
from leadline.extract.attribution.fragments import fragments
from leadline.extract.attribution.layout import draft_by_layout, is_labelled
from leadline.extract.attribution.model import load_model
from leadline.extract.attribution.nesting import nest
from leadline.extract.attribution.outermost import outermost
from leadline.extract.attribution.quotes import find_quotations, quoted_tokens
from leadline.extract.attribution.repair import (
    apart,
    unheard,
    unsaid,
    with_source,
    without_expletive,
    without_verb,
)
from leadline.extract.attribution.speakers import resolve
from leadline.extract.parse import Parsed
from leadline.schema import Attribution


@one_thread()
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
    doc, text = parsed.doc, parsed.document.text
    if not parsed.is_read:
        return ()
    quotations = find_quotations(text, parsed.paragraphs)
    quote_of = quoted_tokens(doc, quotations)
    columns = columns_of(doc, parsed.paragraphs, quote_of)
    model = load_model()
    chances = model.chances(columns)
    quoted = Quoted(columns, quotations)

    def spans_of(heads: list[int]) -> list[Draft]:
        return model.drafts(columns, heads, chances)

    by_layout = draft_by_layout(doc, text, parsed.paragraphs, quotations)
    outer = outermost(columns, model, chances, by_layout)
    missed = spans_of(unsaid(columns, chances, outer, quoted.tokens))
    outer += apart([d for d in missed if kind(d, quote_of) != "indirect"], outer)
    outer += apart(spans_of(unheard(doc, chances, outer)), outer)
    outer += fragments(doc, outer)
    outer = [d for d in outer if not is_labelled(doc, text, d)]
    outer = [quoted.carried(without_verb(doc, without_expletive(doc, with_source(doc, d, quote_of)))) for d in outer]
    found = nest(doc, sorted(outer, key=lambda d: d.head), quote_of, spans_of)
    order = sorted(range(len(found)), key=lambda k: (found[k].draft.head, -len(found[k].draft.content), k))
    name = {k: f"{parsed.document.document}#a{n:04d}" for n, k in enumerate(order, 1)}
    speakers = resolve(doc, [found[k].draft.source for k in order])
    return tuple(
        Attribution(
            attribution_id=name[k],
            document=parsed.document.document,
            source=offsets(doc, d.source),
            cue=offsets(doc, d.cue),
            content=offsets(doc, d.content),
            parent=None if parent is None else name[parent],
            kind=kind(d, quote_of),
            speaker=speaker,
        )
        for k, speaker in zip(order, speakers, strict=True)
        for d, parent in [(found[k].draft, found[k].parent)]
    )


def kind(draft: Draft, quote_of: list[int]) -> Literal["direct", "indirect", "mixed"]:
    """Direct where (nearly) all of the content is quoted, mixed where some is."""
    quoted = sum(quote_of[i] >= 0 for i in draft.content)
    if quoted == 0:
        return "indirect"
    return "direct" if quoted >= 0.9 * len(draft.content) else "mixed"
