"""Who a source is: from the words of a noun phrase to a hop with its canonical name.

A name in the source register gives the register's name. A carrier (`a report by …`) stands for its maker. `The agency`,
`the report`, `the man` stand for what was named before. What remains is the noun phrase itself with the nationality that
the text gives it (`Russian soldier`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Doc, Token

from leadline.extract.claims.anaphora import RECENT, Antecedents
from leadline.extract.claims.lexicon import Lexicon, load_lexicon
from leadline.extract.claims.names import Named, find_names, same_person
from leadline.extract.claims.people import People
from leadline.extract.claims.shown import PERSONAL_KINDS, alias, described_as
from leadline.extract.claims.sides import Sides
from leadline.extract.claims.who import (
    BODY_KINDS,
    BODY_NOUNS,
    COLLEAGUES,
    PERSONAL,
    SPEAKERS,
    Who,
    head_of,
    is_plural,
    members_of,
    person_kind,
    phrase_tokens,
    short_name,
    speaks_for,
)
from leadline.register import Register, Source
from leadline.schema import Span

UNNAMED = frozenset(
    {"one", "another", "other", "others", "both", "all", "some", "many", "most", "several", "few", "none"}
)
NAMED_KINDS = frozenset({"outlet", "monitor"})
OPENING, CLOSING = frozenset('"“«„'), frozenset('"”»“')


class Naming(Antecedents):
    """Resolves the sources of one text, in the order in which they occur.

    `seen` is what was named so far; call `who` in the order of the text.
    """

    def __init__(
        self, doc: Doc, register: Register, *, own: frozenset[str] = frozenset(), quotations: Sequence[Span] = ()
    ) -> None:
        self.doc, self.register, self.own, self.quotations = doc, register, own, quotations
        self.words: Lexicon = load_lexicon()
        self.sides = Sides(doc, register)
        self.seen: list[Who] = []
        self.genders: dict[str, str] = {}
        self.people = People(doc, register, self.sides.of)
        self.named_later = self.people.named_later()
        self.named = tuple(n for n in find_names(doc, register) if not self._somebody_else(n))

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

    # -- one source --------------------------------------------------------------------------------------------------

    def who(self, tokens: Sequence[Token], *, remember: bool = True) -> Who | None:
        """The source that these tokens name; None where they name none that can be told.

        `remember` is false where the one named makes no statement and is not what a later `he` or `the agency` means.
        """
        tokens = [t for t in tokens if not t.is_space]
        if not tokens:
            return None
        head = head_of(tokens)
        found = self._who(head, tokens)
        if found is not None:
            found = replace(found, at=head.i)
            if remember:
                self.seen.append(found)
        return found

    def _who(self, head: Token, tokens: Sequence[Token]) -> Who | None:
        lower = head.lower_
        if lower == "ex" and head.i + 2 < len(self.doc) and head.nbor(1).text == "-":  # `ex-fighters`, taken apart
            head = head.nbor(2)
            lower = head.lower_
        if lower in SPEAKERS:
            return None
        if lower in PERSONAL:
            return self._pronoun(head)
        if head.pos_ == "NOUN" and (called := alias(head)):
            span = self.doc[called[0].i : called[-1].i + 1]
            kind = person_kind(head, self.words) or "person"
            return Who(
                span.text, span.text, kind, None, self.sides.of(list(tokens)), start=span.start_char, end=span.end_char
            )
        if head.lower_[:-2].isdigit() and head.lower_[-2:] in {
            "st",
            "nd",
            "rd",
            "th",
        }:  # `the 4th Rifle Brigade`, taken apart
            whole = next((c for c in head.children if c.dep_ == "appos" and self.words.kind(c.lemma_.lower())), None)
            if whole is not None:
                span = self.doc[head.i : whole.i + 1]
                return Who(
                    span.text, span.text, self.words.kind(whole.lemma_.lower()), None, self.sides.of(list(tokens)),
                    start=span.start_char, end=span.end_char,
                )  # fmt: skip
        if (named_as := described_as(head, self.words)) is not None:
            return self._who(named_as, [t for t in named_as.subtree if t.i <= named_as.i + 8])
        if lower == "one" or head.pos_ == "NUM":  # `one of them, a former gunner`
            apposed_noun = next(
                (
                    c
                    for c in head.children
                    if c.dep_ == "appos" and (person_kind(c, self.words) or self.people.is_named(c))
                ),
                None,
            )
            if apposed_noun is not None:
                return self._who(apposed_noun, [t for t in apposed_noun.subtree if t.i <= apposed_noun.i + 6])
            for g in (g for c in head.children if c.lower_ == "of" for g in c.children if g.dep_ == "pobj"):
                several = self._who(g, list(g.subtree))  # `one of them`
                if several is not None and several.kind in PERSONAL_KINDS:
                    return replace(several, plural=is_plural(head))
        if (lower in UNNAMED or head.pos_ == "NUM") and (several := self._of_several(head)) is not None:
            return several
        near = [t for t in tokens if t.i <= head.i + 6 or t.dep_ in {"pobj", "compound"}]
        named = [
            n for n in self.named if near[0].i <= n.start and n.end <= tokens[-1].i + 1 and not self._beside(n, head)
        ]
        kind = person_kind(head, self.words)
        is_carrier = bool({head.lemma_.lower(), lower} & (self.words.carriers | self.words.recordings))
        named = [n for n in named if not self._is_place_of(n, head)]
        is_writing = bool({head.lemma_.lower(), lower} & self.words.writings) and not kind
        if is_writing:  # `documents seen by the paper`: the paper did not write them
            shown = {x.i for c in head.children if c.dep_ in {"acl", "relcl"} for x in c.subtree}
            named = [n for n in named if n.start not in shown]
        at_head = [n for n in named if n.start <= head.i < n.end]
        if at_head and not (kind in {"soldier", "commander", "witness"} and at_head[0].source.kind != "armed-force"):
            return self.from_register(at_head[0])
        person = self.people.at(head, tokens, self.named)
        if person is not None:
            return person
        apposed = [
            n for n in named if n.source.kind == "person" and self.doc[n.end - 1].dep_ in {"appos", "nsubj", "ROOT"}
        ]
        if apposed and kind in {"official", "commander", "analyst"}:
            return self.from_register(apposed[0])
        by_role = self.people.by_role(head, tokens, named)
        if by_role is not None:
            return by_role
        nobodys = lower == "report" and any(t.lower_ in {"media", "unconfirmed", "news"} for t in tokens)
        if not named and (nobodys or lower in {"reports", "rumours", "rumors"}):
            return self._reports(tokens, head)
        if kind in {"outlet", "monitor", "analyst"}:  # a `Russian military blogger` is not the military
            named = [n for n in named if n.source.kind not in {"armed-force", "state-body"}]
        if named and (
            is_carrier
            or speaks_for(head)
            or kind in {"outlet", "monitor", "official", "analyst"}
            or head.pos_ == "PROPN"
            or head.lower_ in COLLEAGUES
        ):
            near_head = [n for n in named if n.start > head.i] if is_carrier else named
            carrier = head.lemma_.lower() if is_carrier or head.lower_ in COLLEAGUES else ""
            return replace(self.from_register((near_head or named)[0]), carrier=carrier)
        if lower in self.words.metonyms and head.pos_ == "PROPN":
            return self._metonym(head)
        if speaks_for(head) and not named and (body := self._spoken_for(head)) is not None:
            return body
        named_here = kind in NAMED_KINDS and not named and bool(self._name_behind(head))
        if self._is_definite(head) and not named_here:
            again = self.again(head, kind)
            if again is not None:
                return again
        if is_carrier and not kind:
            inner = self._maker(head)
            if inner is not None:
                return replace(inner, carrier=head.lemma_.lower())
        if {head.lemma_.lower(), lower} & self.words.letters and (writer := self._writer(head)) is not None:
            return replace(writer, carrier=head.lemma_.lower())
        if is_writing:
            return self._phrase(head, "document")
        return self._phrase(head, kind, carrier=head.lemma_.lower() if is_carrier else "")

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

    def _of_several(self, head: Token) -> Who | None:
        """`Two said …`, `another said …`: of those who were spoken of last."""
        if any(c.dep_ in {"prep", "relcl"} for c in head.children):
            return None
        for w in self._within_reach(head):
            if w.plural and w.kind in PERSONAL_KINDS:
                one = head.lower_ in {"one", "another", "other"}
                return replace(w, name=head.text, start=head.idx, end=head.idx + len(head), plural=not one)
        return None

    def _beside(self, named: Named, head: Token) -> bool:
        """Whether a name stands in a coordinate of the head (`groups and Media Reports`), not in its own phrase."""
        root = self.doc[named.start : named.end].root
        return root.dep_ == "conj" and root.head.i == head.i and not named.start <= head.i < named.end

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

    def _owner(self, source: Source) -> str:
        """The kind of body a person speaks for; an armed force that belongs to no state is `private`."""
        owner = self.register.sources.get(source.parent or "")
        if owner is None:
            return ""
        return "private" if owner.kind == "armed-force" and owner.parent is None else owner.kind

    def _reports(self, tokens: Sequence[Token], head: Token) -> Who | None:
        words = {t.lower_ for t in tokens}
        if words & {"groups", "organizations", "organisations", "activists", "investigators"}:
            return self._phrase(head, "monitor")
        return Who(head.text, "unnamed reports", "reports", None, None, start=head.idx, end=head.idx + len(head))

    def _metonym(self, head: Token) -> Who:
        side = self.words.metonyms[head.lower_]
        previous = next(
            (w for w in reversed(self.seen) if w.side == side and w.kind == "state-body" and head.i - w.at < 80), None
        )
        if previous is not None:
            return replace(previous, name=head.text, start=head.idx, end=head.idx + len(head))
        government = next(
            (s for s in self.register.sources.values() if s.side == side and s.name.startswith("Government of")), None
        )
        canonical = government.name if government else head.text
        return Who(head.text, canonical, "state-body", government, side, start=head.idx, end=head.idx + len(head))

    def _name_behind(self, noun: Token) -> list[Token]:
        """The capitalised words right behind a noun that are its name (`the outlet Zona`)."""
        name: list[Token] = []
        first = noun.i + 1
        if first + 1 < noun.sent.end and self.doc[first].text in OPENING:  # `the paper "Southern Ledger"`
            closing = (t.i for t in self.doc[first + 1 : min(first + 7, noun.sent.end)] if t.text in CLOSING)
            last = next(closing, first)
            quoted = [t for t in self.doc[first + 1 : last] if t.is_alpha or t.tag_ == "POS"]
            return quoted if quoted and quoted[0].text[:1].isupper() and quoted[-1].text[:1].isupper() else []
        for t in self.doc[first : min(noun.i + 6, noun.sent.end)]:
            if not t.text[:1].isupper() and not (name and t.tag_ == "POS"):
                break
            if t.pos_ != "PROPN" and not name:
                break
            name.append(t)
        return name if not name or name[-1].tag_ != "POS" else name[:-1]

    def _spoken_for(self, spokesman: Token) -> Who | None:
        """The body that `a spokesman for the brigade` speaks for."""
        for g in (g for c in spokesman.children if c.lower_ in {"for", "of"} for g in c.children if g.dep_ == "pobj"):
            body = self._who(g, [t for t in g.subtree if t.i <= g.i + 8])
            if body is not None and (body.kind in BODY_KINDS or self.is_office(replace(body, at=g.i, noun=""))):
                return replace(
                    body,
                    name=self.doc[spokesman.i : g.i + 1].text,
                    start=spokesman.idx,
                    end=g.idx + len(g),
                    plural=False,
                    noun=spokesman.lower_,
                )
        return None

    def _is_new(self, head: Token) -> bool:
        """`A lawyer says …`: nothing but the noun, with an indefinite article or (in a headline) none."""
        beside = [
            c
            for c in head.children
            if c.dep_ in {"det", "amod", "compound", "poss", "nummod", "prep", "relcl", "appos"}
        ]
        return all(c.lower_ in {"a", "an"} for c in beside)

    def _writer(self, head: Token) -> Who | None:
        """Whose letter it is: the private person who was named last before it."""
        if not self._is_definite(head):
            return None
        near = (w for w in self._within_reach(head) if head.i - w.at < RECENT)
        found = next((w for w in near if w.kind in PERSONAL_KINDS | {"person"}), None)
        return replace(found, start=None, end=None) if found is not None else None

    def _goes_on(self, before: Token, head: Token) -> bool:
        """Whether the word before a part of a name belongs to it: `Sapper's Diary`, `Way Out`."""
        if before.tag_ == "POS":
            return bool(before.i > head.left_edge.i and before.nbor(-1).text[:1].isupper())
        if self.words.kind(before.lemma_.lower()) or not before.text[:1].isupper() or before.is_punct:
            return False
        own = before.pos_ == "PROPN" and before.head.i == head.i
        return bool(own or (before.pos_ in {"PROPN", "NOUN", "ADJ"} and before.i > before.sent.start))

    def _maker(self, head: Token) -> Who | None:
        """Who made a report or recording that is named without a register name: `a report by the ministry`."""
        for c in head.children:
            if c.dep_ in {"prep", "agent"} and c.lower_ in {"by", "from", "of"}:
                for g in c.children:
                    if g.dep_ == "pobj" and (
                        self.words.kind(g.lemma_.lower())
                        or g.ent_type_ in {"ORG", "PERSON"}
                        or g.lower_ in self.words.metonyms
                    ):
                        return self._who(g, list(g.subtree))
            if c.dep_ == "poss":
                return self._who(c, list(c.subtree))
            if c.dep_ == "compound" and c.pos_ == "NOUN" and c.lemma_.lower() in BODY_NOUNS:  # `a police bulletin`
                body = self._who(c, [c])
                return replace(body, name=f"{c.text} {head.text}", end=head.idx + len(head)) if body else None
        return None

    def as_it_stands(self, head: Token, kind: str) -> Who | None:
        """The noun phrase itself as a source, whatever it was named before."""
        return self._phrase(head, kind)

    def _phrase(self, head: Token, kind: str, carrier: str = "") -> Who | None:
        """The noun phrase itself, without article and clauses, with the nationality that the text gives its head."""
        if head.lemma_.lower() in self.words.not_sources or head.pos_ not in {"NOUN", "PROPN", "ADJ", "NUM"}:
            return None
        if carrier and not kind:
            return None  # `according to information`: nobody is named
        kept = phrase_tokens(head, owned=kind not in {"soldier", "relative", "commander"})
        words = [t.text for t in kept]
        side = self.sides.of(kept)
        if head.pos_ == "PROPN" and not kind:  # `former convict Anton Orlov`: the name, not what is said of him
            names = [head]
            while names[0].i > head.left_edge.i and self._goes_on(names[0].nbor(-1), head):
                names.insert(0, names[0].nbor(-1))
            kind = next((k for t in kept if t.pos_ != "PROPN" and (k := self.words.kind(t.lemma_.lower()))), "")
            if len(names) < len(kept) and kind:
                span = self.doc[names[0].i : head.i + 1]
                kind = kind if kind in NAMED_KINDS else "person"
                return Who(span.text, span.text, kind, None, side, start=span.start_char, end=span.end_char)
        elif kind in NAMED_KINDS and (
            name := self._name_behind(head)
        ):  # `the outlet Zona`, `a group called Open Barracks`
            span = self.doc[name[0].i : name[-1].i + 1]
            return Who(span.text, span.text, kind, None, side, start=span.start_char, end=span.end_char)
        later = self.named_later.get(head.lemma_.lower())
        if later is not None and head.i < later[0] and head.tag_ == "NN" and self._is_new(head):
            return Who(head.text, later[1], kind, None, side, start=head.idx, end=head.idx + len(head))
        first, last = kept[0], kept[-1]
        whole = last.i - first.i + 1 == len(kept)
        canonical = self.doc[first.i : last.i + 1].text if whole else " ".join(words)
        stated, called = side is not None, ""
        if kind in {"soldier", "commander"}:
            members = members_of(head)  # `a group of reservists`
            noun = (
                members.text.lower()
                if members.pos_ != "PROPN" and members.lower_ not in self.words.unclear
                else ("soldiers" if is_plural(members) else "soldier")
            )
            side = side or self.sides.nationality(head) or self.sides.main
            if side in self.sides.adjectives:
                canonical = f"{self.sides.adjectives[side]} {noun}"
            elif head.lower_ in self.words.unclear:
                canonical = noun
            called = noun
        return Who(
            self.doc[first.i : last.i + 1].text,
            canonical,
            kind,
            None,
            side,
            start=first.idx,
            end=last.idx + len(last),
            plural=is_plural(members_of(head)),
            stated=stated,
            noun=called,
        )
