"""Which names of the source register stand in a noun phrase, and whether it is they who are meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Token

from leadline.extract.claims.sources.makers import Makers
from leadline.extract.claims.sources.names import Named, same_person
from leadline.extract.claims.sources.who import BODY_NOUNS, COLLEAGUES, Who, short_name, speaks_for


class Registered(Makers):
    """The names of the register in one text (`named`) as what a noun phrase may stand for."""

    def from_register(self, named: Named) -> Who:
        """The source that a name of the register stands for, as it is written here."""
        span = self.doc[named.start : named.end]
        s = named.source
        return Who(
            short_name(span),
            s.name,
            s.kind,
            s,
            s.side,
            start=span.start_char,
            end=span.end_char,
            owner_kind=self.people.owner(s),
            role=self.people.role_of(s.name) if s.kind == "person" else "",
        )

    def _names_of(self, head: Token, tokens: Sequence[Token], kind: str) -> list[Named]:
        """The register names in the phrase of a head that may say who is meant."""
        near = [t for t in tokens if t.i <= head.i + 6 or t.dep_ in {"pobj", "compound"}]
        named = [
            n
            for n in self.named.within(near[0].i, tokens[-1].i + 1)
            if (n.end <= tokens[-1].i + 1 or n.start <= head.i < n.end) and not self._beside(n, head)
        ]
        named = [n for n in named if not self._is_place_of(n, head)]
        if self._is_writing(head, kind):  # `documents seen by the paper`: the paper did not write them
            shown = {x.i for c in head.children if c.dep_ in {"acl", "relcl"} for x in c.subtree}
            named = [n for n in named if n.start not in shown]
        return named

    def _named_here(self, head: Token, tokens: Sequence[Token], kind: str, named: list[Named]) -> Who | None:
        """The register name at the head of a phrase, or the person named there or beside it."""
        at_head = [n for n in named if n.start <= head.i < n.end]
        if at_head and not (kind in {"soldier", "commander", "witness"} and at_head[0].source.kind != "armed-force"):
            return self.from_register(at_head[0])
        person = self.people.at(head, tokens, self.named.within(tokens[0].i, tokens[-1].i + 1))
        if person is not None:
            return person
        apposed = [
            n for n in named if n.source.kind == "person" and self.doc[n.end - 1].dep_ in {"appos", "nsubj", "ROOT"}
        ]
        if apposed and kind in {"official", "commander", "analyst"}:
            return self.from_register(apposed[0])
        return self.people.by_surname(head, tokens)

    def _registered(self, head: Token, kind: str, named: list[Named]) -> Who | None:
        """The body of the register that made a carrier, or for which somebody speaks or works."""
        if kind in {"outlet", "monitor", "analyst"}:  # a `Russian military blogger` is not the military
            named = [n for n in named if n.source.kind not in {"armed-force", "state-body"}]
        if not named:
            return None
        carrier, works_for = self._carrier(head), head.lower_ in COLLEAGUES
        speaks = speaks_for(head) or kind in {"outlet", "monitor", "official", "analyst"} or head.pos_ == "PROPN"
        if not (carrier or works_for or speaks):
            return None
        behind = [n for n in named if n.start > head.i] if carrier else named
        return replace(
            self.from_register((behind or named)[0]), carrier=carrier or (head.lemma_.lower() if works_for else "")
        )

    def _somebody_else(self, named: Named) -> bool:
        """Whether a bare surname of the register is that of another person in this text."""
        if named.source.kind != "person" or named.end - named.start > 1:
            return False
        before = self.doc[named.start - 1] if named.start else None
        is_given_name = (
            before is not None
            and before.pos_ == "PROPN"
            and before.text.istitle()
            and before.sent.start == self.doc[named.start].sent.start
            and not self.words.kind(before.lower_)
            and before.lower_ not in self.words.titles
        )
        if before is not None and is_given_name:
            return not same_person(f"{before.text} {self.doc[named.start].text}", named.source)
        full = self.people.full.get(self.doc[named.start].lower_, "")
        return len(full.split()) > 1 and not same_person(full, named.source)

    def _is_place_of(self, named: Named, head: Token) -> bool:
        """`The prosecutor's office in the capital`: a state's name that says where a body is."""
        root = self.doc[named.start : named.end].root
        return (
            root.dep_ == "pobj"
            and root.head.lower_ in {"in", "at", "near"}
            and root.head.i > head.i
            and named.source.kind == "state-body"
            and head.lemma_.lower() in BODY_NOUNS
        )

    def _beside(self, named: Named, head: Token) -> bool:
        """Whether a name stands in a coordinate of the head (`groups and Media Reports`), not in its own phrase."""
        root = self.doc[named.start : named.end].root
        return root.dep_ == "conj" and root.head.i == head.i and not named.start <= head.i < named.end
