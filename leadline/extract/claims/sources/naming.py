"""Who a source is: from the words of a noun phrase to a hop with its canonical name.

A name in the source register gives the register's name. A carrier (`a report by …`) stands for its maker. `The agency`,
`the report`, `the man` stand for what was named before. What remains is the noun phrase itself with the nationality that
the text gives it (`Russian soldier`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import Lexicon, load_lexicon
from leadline.extract.claims.ordered import Ordered
from leadline.extract.claims.sources.apposed import apposed, described, is_count, name_apposed, whole_of
from leadline.extract.claims.sources.kinds import NAMED_KINDS, OUTLET_KINDS, PERSONAL_KINDS
from leadline.extract.claims.sources.names import find_names
from leadline.extract.claims.sources.offices import Offices
from leadline.extract.claims.sources.outlets import Outlets
from leadline.extract.claims.sources.people import REPORTERS, People
from leadline.extract.claims.sources.phrases import Phrases, name_behind
from leadline.extract.claims.sources.registered import Registered
from leadline.extract.claims.sources.shown import alias, described_as
from leadline.extract.claims.sources.sides import Sides
from leadline.extract.claims.sources.who import (
    BODY_NOUNS,
    PERSONAL,
    RUMOURS,
    SPEAKERS,
    Who,
    by_words,
    head_of,
    is_plural,
    person_kind,
    phrase_of,
    phrase_tokens,
    unnamed_reports,
)
from leadline.register import Register
from leadline.schema import Span

ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
UNNAMED = frozenset(
    {"one", "another", "other", "others", "both", "all", "some", "many", "most", "several", "few", "none"}
)


class Naming(Registered):
    """Resolves the sources of one text, in the order in which they occur.

    `seen` is what was named so far; call `who` in the order of the text. `own` are the names of whoever publishes it, `office` that
    it is a body's own document.
    """

    def __init__(
        self,
        doc: Doc,
        register: Register,
        *,
        own: frozenset[str] = frozenset(),
        quotations: Sequence[Span] = (),
        office: bool = False,
    ) -> None:
        self.doc, self.register, self.own, self.quotations = doc, register, own, quotations
        self.office = office
        self.words: Lexicon = load_lexicon()
        self.sides = Sides(doc, register)
        self.seen: list[Who] = []
        self.latest: list[int] = []
        self.disorder = 0
        self.genders: dict[str, str] = {}
        self.outlets = Outlets(doc)
        self.people = People(doc, register, self.sides.of, self.outlets.by_token)
        self.phrases = Phrases(doc, self.sides, self.people.named_later())
        self.offices = Offices(doc, self.people.spans, self.people.full)
        named = (n for n in find_names(doc, register) if not self._somebody_else(n))
        self.named = Ordered(named, key=lambda n: n.start)

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
                self._remember(found)
        return found

    def _who(self, head: Token, tokens: Sequence[Token]) -> Who | None:
        if head.lower_ == "ex" and head.i + 2 < len(self.doc) and head.nbor(1).text == "-":
            head = head.nbor(2)  # `ex-fighters`, taken apart
        if head.lower_ in SPEAKERS:
            return self.outlets.at(head)  # a small word inside of a name, taken for `I`
        if head.lower_ in PERSONAL:
            return self._pronoun(head)
        if (called := self._called(head, tokens)) is not None:
            return called
        if (meant := self._meant(head)) is not None:
            found = self._who(meant, phrase_of(meant))
            return replace(found, kind=self._kind(head) or "person") if found is not None and not found.kind else found
        if (several := self._of_several(head)) is not None:
            return several
        kind = person_kind(head, self.words)
        named = self._names_of(head, tokens, kind)
        if (outlet := self.outlets.at(head)) is not None and not any(n.start <= head.i < n.end for n in named):
            return outlet
        if (who := self._named_here(head, tokens, kind, named)) is not None:
            return who
        if not named and (announced := self._announced(head)) is not None:
            return announced
        if not named and (head.lower_ in RUMOURS or (head.lower_ == "report" and _is_nobodys(tokens))):
            return self._reports(tokens, head)
        return (
            self._registered(head, kind, named)
            or self._author(head)
            or self._owned(head)
            or self._body(head)
            or self._writing(head, kind)
            or self._named_before(head, kind)
            or self._behind(head, kind)
            or self._as_it_stands(head, kind)
        )

    def _called(self, head: Token, tokens: Sequence[Token]) -> Who | None:
        """What the text calls somebody or something beside its noun: `whom the paper calls Nora`, `the 4th Rifle Brigade`."""
        beside = next((n for c in apposed(head) if (n := alias(c))), []) if self._kind(head) in PERSONAL_KINDS else []
        if (head.pos_ == "NOUN" or is_count(head)) and (name := alias(head) or beside):
            span = self.doc[name[0].i : name[-1].i + 1]
            return by_words(span, self._kind(head) or "person", self.sides.of(tokens))
        noun = whole_of(head) or head
        kind = self._kind(head)
        if kind in NAMED_KINDS and noun.lemma_.lower() not in REPORTERS and (name := name_apposed(head)):
            registered = next(iter(self.named.within(name[0].i, name[-1].i + 1)), None)
            if registered is not None:
                return self.from_register(registered)
            return by_words(self.doc[name[0].i : name[-1].i + 1], kind, self.sides.of(tokens))
        if ORDINAL.fullmatch(head.lower_):  # the parse takes the number for the head
            body = next((c for c in head.children if c.dep_ == "appos" and self.words.kind(c.lemma_.lower())), None)
            if body is not None:
                kind = self.words.kind(body.lemma_.lower())
                return by_words(self.doc[head.i : body.i + 1], kind, self.sides.of(tokens))
        return None

    def _meant(self, head: Token) -> Token | None:
        """The noun or name that says who is meant, where the head does not: `one of them, a former gunner`."""
        if (found := described_as(head, self.words) or described(head)) is not None:
            return found
        if not is_count(head):
            return None
        return next((c for c in apposed(head) if person_kind(c, self.words) or self.people.is_named(c)), None)

    def _kind(self, head: Token) -> str:
        """What a noun means, or those of whom a count is one."""
        return person_kind(whole_of(head) or head, self.words)

    def _named_before(self, head: Token, kind: str) -> Who | None:
        """What `the agency` was named as before, unless its name stands right behind it."""
        has_name = kind in NAMED_KINDS and bool(name_behind(head))
        if has_name:
            return None
        personal = kind not in NAMED_KINDS or head.lemma_.lower() in REPORTERS
        if full := self.offices.person(head) if personal else "":
            source = self.register.resolve(full)
            known = self.people.roles.get(full.split()[-1].lower(), ("", ""))
            role = known[0] if known[0] not in {"", "person"} else kind
            name = source.name if source is not None else full
            return replace(self._here(head, name, role or "person"), source=source, owner_kind=known[1])
        if not self._is_definite(head):
            return None
        found = self._outlet_called(head) if kind == "outlet" else None
        found = found or self.again(head, kind)
        several = found is not None and head.lemma_.lower() in BODY_NOUNS and head.tag_ == "NN" and found.plural
        if (found is None or several or found.source is None) and (at := self.offices.body(head)) is not None:
            return self._here(head, self.doc[at[0] : at[1] + 1].text, kind or "official")
        if found is None or several:
            return None
        narrowed = head.tag_ == "NN" and any(c.dep_ in {"amod", "compound", "nmod"} for c in head.lefts)
        return found if not narrowed else self._narrowed(head, kind, found)

    def _outlet_called(self, head: Token) -> Who | None:
        """The outlet of which a noun was said when the text named it, whether or not it has spoken: `the site`, after `the site Morgen`."""
        named = self.outlets.called(head)
        if named is None:
            return None
        registered = next(iter(self.named.within(named[0], named[1] + 1)), None)
        found = self.from_register(registered) if registered is not None else self.outlets.at(self.doc[named[0]])
        return found.elsewhere() if found is not None else None

    def _narrowed(self, head: Token, kind: str, found: Who) -> Who | None:
        """What `the Norlandic intelligence service` was named as before, by these words if they say more; None where they name something else."""
        if kind == "monitor" and found.kind in OUTLET_KINDS - {"monitor"}:
            return None  # `the district recruitment centre`, after a newspaper
        if self._is_writing(head, kind) and found.carrier != head.lemma_.lower():
            return None  # `the court register`
        own = {t.lower_ for t in head.lefts if t.dep_ in {"amod", "compound", "nmod", "nummod"} and not t.is_lower}
        if head.pos_ == "PROPN" and found.source is None and not own <= set(found.canonical.lower().split()):
            return None  # `the 4th Rifle Brigade`, after `a Norlandic brigade`
        if found.start is None:
            span = self.doc[phrase_tokens(head, owned=False)[0].i : head.i + 1]
            if len(span) > len(found.name.split()):
                return replace(found, name=span.text, start=span.start_char, end=span.end_char)
        return found

    def _here(self, head: Token, canonical: str, kind: str) -> Who:
        """A source that is named elsewhere, by the noun that stands for it here."""
        return Who(head.text, canonical, kind, start=head.idx, end=head.idx + len(head), side=self.sides.of([head]))

    def _as_it_stands(self, head: Token, kind: str) -> Who | None:
        """What remains: the noun phrase itself, of which a carrier alone names nobody."""
        if self._is_writing(head, kind):
            return self.phrases.who(head, "document")
        return self.phrases.who(head, kind, self._carrier(head))

    def _of_several(self, head: Token) -> Who | None:
        """`One of them`; `two said …`, `another said …`: of those who were spoken of last."""
        if head.lower_ == "one" or head.pos_ == "NUM" or head.like_num:
            if (g := whole_of(head)) is not None:
                several = self._who(g, list(g.subtree))
                if several is not None and several.kind in PERSONAL_KINDS:
                    return replace(several, plural=is_plural(head))
        elif head.lower_ not in UNNAMED:
            return None
        if any(c.dep_ in {"prep", "relcl"} for c in head.children):
            return None
        for w in self._within_reach(head):
            if w.plural and w.kind in PERSONAL_KINDS:
                one = head.lower_ in {"one", "another", "other"}
                return replace(w, name=head.text, start=head.idx, end=head.idx + len(head), plural=not one)
        return None

    def _reports(self, tokens: Sequence[Token], head: Token) -> Who | None:
        words = {t.lower_ for t in tokens}
        if words & {"groups", "organizations", "organisations", "activists", "investigators"}:
            return self.phrases.who(head, "monitor")
        return unnamed_reports(head)


def _is_nobodys(tokens: Sequence[Token]) -> bool:
    """Whether a report is nobody's (`a media report`, `an unconfirmed report`)."""
    return any(t.lower_ in {"media", "unconfirmed", "news"} for t in tokens)
