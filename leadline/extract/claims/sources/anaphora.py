"""Antecedents: what `the agency`, `the report`, `the man` were named as before.

Nearness, number and kind decide; what stands inside another quotation, or after the word, is out of reach.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property

from spacy.tokens import Token

from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.sources.kinds import (
    BODY_KINDS,
    ORGANISATIONS,
    OUTLET_KINDS,
    PERSONAL_KINDS,
    TROOPS,
    WITNESSES,
)
from leadline.extract.claims.sources.pronouns import Pronouns
from leadline.extract.claims.sources.remembered import LOOK_BACK
from leadline.extract.claims.sources.who import BODY_NOUNS, COLLECTIVE, Who, is_plural, same_noun

RANKS = rule_words("anaphora.ranks")
RECENT = 200
"""Tokens within which `the warlord` can mean the person named before."""


class Antecedents(Pronouns):
    """What was named in one text so far, for what is said of it again."""

    def _is_definite(self, head: Token) -> bool:
        return any(
            c.lower_ in {"the", "this", "that", "these", "those", "same", "its", "his", "their", "our"}
            for c in head.children
        )

    def again(self, head: Token, kind: str) -> Who | None:
        """What `the agency`, `the report`, `the journalists` was named as before."""
        lemma = head.lemma_.lower()
        if any(
            c.dep_ in {"prep", "appos", "relcl"} and c.lower_ in {"of", "from", "for"} for c in head.children
        ) and kind not in {"outlet"}:
            return None
        sides = {self.sides.words[c.lower_] for c in head.children if c.lower_ in self.sides.words}
        if sides and kind not in {"soldier", "commander", "official"}:
            return None
        if lemma in self.words.carriers:
            made = (w for w in self._within_reach(head) if not self.is_own(w))
            exact = next((w for w in made if w.carrier == lemma), None)
            if exact is not None:
                return exact.elsewhere()
        if lemma in BODY_NOUNS:
            bodies = (w for w in self._within_reach(head) if w.kind in BODY_KINDS and w.plural == is_plural(head))
            exact = next((w for w in bodies if same_noun(lemma, w.canonical)), None)
            if exact is not None:
                return exact.elsewhere()
        if lemma in COLLECTIVE:  # `the group`, after `a group of reservists`
            same = (w for w in self._within_reach(head) if w.plural and lemma in w.name.lower().split())
            if (group := next(same, None)) is not None:
                return group.elsewhere()
        if kind == "monitor":  # `the group`, where an agency spoke since
            trade = (w for w in self._within_reach(head) if w.kind == "monitor" and self._same_trade(head, kind, w))
            if (group := next(trade, None)) is not None:
                return group.elsewhere()
        for w in self._within_reach(head):
            fits = (
                (kind in {"outlet", "monitor"} and self._same_trade(head, kind, w))
                or (
                    lemma
                    in {"agency", "service", "ministry", "directorate", "department", "office", "command", "staff"}
                    and w.kind in BODY_KINDS
                    and not self.words.land(w.canonical)
                    and not any(c.dep_ in {"amod", "compound"} for c in head.children)
                    and (w.source is None or w.source.kind != "armed-force" or lemma in {"command", "staff"})
                )
                or (lemma in {"agency"} and w.kind == "agency")
                or (lemma in BODY_NOUNS and w.canonical.lower().split()[-1:] == [lemma])
                or (
                    lemma in self.words.carriers
                    and (
                        w.carrier in {lemma, "investigation", "report", "study", "article", "statement"}
                        or w.kind in ORGANISATIONS
                        or (self.is_office(w) and not w.plural)
                    )
                )
                or (kind and w.kind == kind and same_noun(lemma, w.canonical))
                or (kind == "analyst" and w.kind == "analyst")
                or (
                    lemma in self.words.unclear
                    and head.tag_ == "NN"
                    and not _is_narrowed(head)
                    and w.kind in TROOPS
                    and not w.plural
                    and head.i - w.at < RECENT
                )
                or (
                    not kind
                    and w.kind == "person"
                    and head.tag_ == "NN"
                    and head.dep_ in {"nsubj", "pobj"}
                    and head.is_lower  # `the Front` is a name
                    and lemma not in self.words.carriers | self.words.recordings
                    and head.i - w.at < RECENT
                )
                or (
                    kind in {"official", "commander", "analyst"}
                    and lemma not in BODY_NOUNS
                    and (w.kind == kind or (w.kind == "person" and (kind != "commander" or w.source is not None)))
                    and not w.plural
                    and head.tag_ == "NN"
                    and not self._is_another_office(head, w)
                )
            )
            if sides and w.side is not None and w.side not in sides:
                continue
            if kind in PERSONAL_KINDS and lemma not in BODY_NOUNS and w.plural and not is_plural(head):
                continue
            if fits and not (lemma in self.words.carriers and w.kind in WITNESSES):
                return w.elsewhere()
        return None

    def _same_trade(self, head: Token, kind: str, w: Who) -> bool:
        """Whether `the paper` can be an outlet named before, `the group` a group: `its paper`, `the aid centre` are others."""
        if any(c.dep_ == "poss" or (c.dep_ == "appos" and c.pos_ == "PROPN") for c in head.children):
            return False
        if kind == "outlet":
            return w.kind in OUTLET_KINDS
        told_apart = [c.lower_ for c in head.children if c.dep_ == "compound"]
        return w.kind in OUTLET_KINDS and all(c in w.canonical.lower() for c in told_apart)

    def _is_another_office(self, head: Token, w: Who) -> bool:
        """`The parliamentary ombudsman`: an office that the person named before is not said to hold."""
        if any(c.dep_ == "poss" and c.lower_ in {"his", "her", "their", "my", "our"} for c in head.children):
            return w.kind == "person" and head.lemma_.lower() in self.words.commanders  # `his commander`
        if head.lemma_.lower() not in RANKS and not any(c.dep_ in {"amod", "compound"} for c in head.children):
            return False
        surname = w.canonical.split()[-1]
        places = self._written.get(surname, [])
        held = places[: bisect_left(places, head.i)][-LOOK_BACK:]
        return not any(x.lemma_.lower() == head.lemma_.lower() for i in held for x in self.doc[max(0, i - 8) : i + 9])

    @cached_property
    def _written(self) -> dict[str, list[int]]:
        """Where each word stands."""
        found: dict[str, list[int]] = {}
        for t in self.doc:
            found.setdefault(t.text, []).append(t.i)
        return found


def _is_narrowed(noun: Token) -> bool:
    """`The second man`, `the man who is filming`: somebody else than the one before; `the man, who had refused,` may be that one."""
    return any(
        c.dep_ in {"amod", "compound"} or (c.dep_ == "relcl" and noun.doc[c.left_edge.i - 1].text != ",")
        for c in noun.children
    )
