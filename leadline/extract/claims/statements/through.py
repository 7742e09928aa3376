"""Through whom a witness is known: the outlet that was told, or the one who was told by somebody out of reach."""

from __future__ import annotations

from collections.abc import Mapping

from leadline.extract.claims.sources.kinds import OUTLET_KINDS
from leadline.extract.claims.sources.naming import Naming
from leadline.extract.claims.sources.who import Who, equal, key_of
from leadline.extract.claims.statements.heard import Voice
from leadline.extract.claims.statements.lineage import is_teller
from leadline.extract.claims.statements.relays import cited, told
from leadline.extract.claims.statements.voices import Voices

HEARD_THROUGH = 5000
"""Tokens before a relative's word in which the one who told of her is looked for: more than any article has."""
HEARERS = frozenset({"her", "him"})


class Through:
    """Whom the witnesses of one text were first said to have told; `first_heard` is where each source speaks first.

    Where the text is not that outlet's own, it stays between them and the text.
    """

    def __init__(self, voices: Voices, naming: Naming, first_heard: Mapping[str, int]) -> None:
        self.voices, self.naming, self.doc, self.words = voices, naming, voices.doc, voices.words
        self.first_heard = first_heard
        self.outer: dict[str, tuple[Who, ...]] = {}

    def of(self, who: Who) -> tuple[Who, ...]:
        """Through whom a witness is known, outermost first."""
        return self.outer.get(key_of(who), ())

    def take(self, v: Voice) -> None:
        """Take in whom somebody who speaks has told, or cites."""
        who = v.who
        if who is None:
            return
        if who.kind in OUTLET_KINDS and not self.naming.is_own(who):
            for behind in filter(is_teller, cited(v.cue_token, self.naming)):
                for name in (key_of(behind), behind.canonical.split()[0].casefold()):
                    self.outer.setdefault(
                        name, (who.elsewhere(),)
                    )  # `X reports, citing her brother, … . The brother said …`
        if not is_teller(who) and who.role != "witness":
            return
        if (outlet := told(v.cue_token, self.naming)) is not None:
            self.outer[key_of(who)] = (outlet,)
        elif is_teller(who) and (through := self.heard_by(v) or self._heard_through(v)):
            self.outer.setdefault(key_of(who), through)

    def heard_by(self, v: Voice) -> tuple[Who, ...]:
        """`Her son told her that …`, `her client says`: who was told by one who is out of reach, and through whom that one is known."""
        if v.who is None or self.naming.in_quotation(v.cue_token):
            return ()
        noun = self.doc[v.who.at] if v.who.at >= 0 else None
        whom = [c for c in v.cue_token.children if c.dep_ in {"dobj", "dative"} and c.lower_ in HEARERS]
        whom += [g for c in v.cue_token.children if c.lower_ == "to" for g in c.children if g.lower_ in HEARERS]
        if noun is not None and noun.lemma_.lower() in self.words.far:
            whom += [c for c in noun.children if c.dep_ == "poss" and c.lower_ in {"his", "her"}]
        for t in whom:
            who = self.naming.who([t], remember=False)
            if who is None or not who.kind or who.plural or equal(who, v.who) or self.naming.is_own(who):
                continue
            if self.first_heard.get(key_of(who), len(self.doc)) < v.cue_token.sent.end:
                return (*self.of(who), who.elsewhere())
        return ()

    def _heard_through(self, v: Voice) -> tuple[Who, ...]:
        """`She said her husband had called. He told her that …`: what he says goes through her, and through whom she told."""
        if v.who is None or v.who.kind != "relative" or v.who.name[:1].isupper():
            return ()
        for o in reversed(self.voices.between(v.cue_token.i - HEARD_THROUGH, v.cue_token.i)):
            if o.who is None or not is_teller(o.who) or equal(o.who, v.who) or not o.content:
                continue
            seen = self.voices.seen_at.within(min(o.content), max(o.content) + 1)
            if any(at in o.content and equal(w, v.who) for at, w in seen):
                return (*self.of(o.who), o.who.elsewhere())
        return ()
