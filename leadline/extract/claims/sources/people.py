"""The persons that a text names, as sources: by the recogniser, by what stands beside a name, and by their offices."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Sequence
from functools import cached_property

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import Lexicon, load_lexicon, rule_words
from leadline.extract.claims.sources.names import Named, same_person
from leadline.extract.claims.sources.shown import alias, person_words, shown_persons
from leadline.extract.claims.sources.who import BODY_NOUNS, LONGEST_NAME, Who
from leadline.register import Register, Source

Nameds = Sequence[Named]
EXPERTISE = rule_words("people.expertise")
REPORTERS = rule_words("people.reporters")
COUNSEL = rule_words("people.counsel")
CUT = frozenset({"-", "–", "'s", "’s"})
"""What a description that is cut off stands before: `the father of a 22`, of `a 22-year-old`."""


class People:
    """The persons of one text; `roles` holds what each was introduced as, with the kind of body they speak for."""

    def __init__(
        self,
        doc: Doc,
        register: Register,
        side_of: Callable[[Iterable[Token]], str | None],
        outlets: Container[int] = frozenset(),
    ) -> None:
        self.doc, self.register, self.side_of, self.outlets = doc, register, side_of, outlets
        self.words: Lexicon = load_lexicon()
        self.roles: dict[str, tuple[str, str]] = {}
        self.spans = self._spans()
        self.numbers = {t.i: n for n, words in reversed(list(enumerate(self.spans))) for t in words}
        self.starts = [words[0].i for words in self.spans]
        self.full = self._full_names()

    # -- the whole text ----------------------------------------------------------------------------------------------

    @cached_property
    def first(self) -> dict[str, int]:
        """Where each word of the text first stands."""
        found: dict[str, int] = {}
        for t in self.doc:
            found.setdefault(t.text, t.i)
        return found

    def _spans(self) -> list[tuple[Token, ...]]:
        """The words of every name of a person, in the order of the text."""
        found = [person_words(e) for e in self.doc.ents if e.label_ == "PERSON"]
        found = [words for words in found if words and len(words) <= 4 and not any(t.i in self.outlets for t in words)]
        found = [words for words in found if not self._is_beside_body(words)]
        taken = {t.i for words in found for t in words}
        aliases = (tuple(alias(t)) for t in self.doc if t.pos_ == "NOUN")  # `whom the paper calls Nora`
        found += [
            words for words in aliases if words and taken.isdisjoint(t.i for t in words) and not self._is_body(words)
        ]
        shown = shown_persons(
            self.doc, found, lambda t: t.i in self.outlets or self.register.resolve(t.text) is not None
        )
        return sorted([*found, *shown], key=lambda words: words[0].i)

    def _is_beside_body(self, name: Sequence[Token]) -> bool:
        """`The rights group Open Door`, `the Telegram channel`: whether a name hangs on a noun that means an outlet or a group."""
        before, last = self.doc[max(name[0].i - 1, 0)], name[-1]
        beside = [before, *([last.head] if last.dep_ == "compound" and last.head.i == last.i + 1 else [])]
        kinds = {
            self.words.kind(t.lemma_.lower()) for t in beside if t.tag_ == "NN" and t.lemma_.lower() not in REPORTERS
        }
        return not kinds.isdisjoint({"outlet", "monitor"})

    def _is_body(self, words: Sequence[Token]) -> bool:
        """Whether a name is that of a body of the register, or no person's (`a group called Open Barracks`)."""
        noun = next((a for a in words[-1].ancestors if a.pos_ == "NOUN"), None)
        named = self.register.resolve(" ".join(t.text for t in words)) is not None
        return named or noun is None or self.words.kind(noun.lemma_.lower()) in {"outlet", "monitor", ""}

    def _full_names(self) -> dict[str, str]:
        """Surname to the fullest name of that person in the text."""
        found: dict[str, str] = {}
        for words in self.spans:
            key = words[-1].lower_
            if len(words) > len(found.get(key, "").split()):
                found[key] = " ".join(t.text for t in words)
        self._add_given_names(found)
        for words in self.spans:  # `Nora Hall, who is also called Starling`
            if name := alias(words[-1]):
                found[name[-1].lower_] = found[words[-1].lower_]
        given: dict[str, set[str]] = {}
        for full in found.values():
            if len(full.split()) > 1:
                given.setdefault(full.split()[0].lower(), set()).add(full)
        for first, fulls in given.items():  # `Nora` after `Nora Hall`
            if len(fulls) == 1 and len(found.get(first, "").split()) < 2:
                found[first] = next(iter(fulls))
        for noun in self.doc:  # `the head of the office, Nora Hall,`: a person, whatever the recogniser takes it for
            if self.is_personal(noun):
                for name in self._names_beside(noun):
                    found.setdefault(name[-1].lower_, " ".join(t.text for t in name))
        return found

    def _add_given_names(self, found: dict[str, str]) -> None:
        """The given names that stand before a surname where the recogniser took the whole for something else."""
        for t in self.doc:
            if found.get(t.lower_) != t.text or t.pos_ != "PROPN" or not t.i:
                continue
            before = t.nbor(-1)
            lower = before.lower_
            if (
                before.pos_ == "PROPN"
                and before.is_title
                and before.head.i == t.i
                and not (self.words.kind(lower) or lower in self.words.titles | self.words.posts)
            ):
                found[t.lower_] = f"{before.text} {t.text}"

    def named_later(self) -> dict[str, tuple[int, str]]:
        """Office or trade to the person of whom it is said first, with where: `the lawyer, Nora Hall` after `a lawyer says`.

        Only where one person of that trade is named in the text.
        """
        found: dict[str, tuple[int, str]] = {}
        several: set[str] = set()
        for words in self.spans:
            noun = words[-1].head
            full = self.full.get(words[-1].lower_, words[-1].text)
            beside = noun.i < words[0].i and words[-1].dep_ == "appos" and noun.pos_ == "NOUN" and noun.tag_ == "NN"
            if not beside or not self.words.kind(lemma := noun.lemma_.lower()):
                continue
            if lemma in found and found[lemma][1] != full:
                several.add(lemma)
            elif any(c.lower_ == "the" for c in noun.children):
                found.setdefault(lemma, (noun.i, full))
        return {k: v for k, v in found.items() if k not in several}

    def is_named(self, word: Token) -> bool:
        """Whether a word stands in the name of a person."""
        return word.i in self.numbers

    def next_from(self, i: int, otherwise: int) -> int:
        """Where the first person is named from a token on."""
        k = bisect_left(self.starts, i)
        return self.starts[k] if k < len(self.starts) else otherwise

    def is_personal(self, noun: Token) -> bool:
        """Whether a noun in the singular means one person by office or profession."""
        lemma = noun.lemma_.lower()
        return (
            noun.pos_ in {"NOUN", "PROPN"}
            and noun.tag_ in {"NN", "NNP"}
            and lemma not in BODY_NOUNS
            and self.words.kind(lemma) in {"official", "commander", "analyst"}
        )

    def _names_beside(self, noun: Token) -> list[list[Token]]:
        """Names of two or three words in apposition to a noun."""
        found = []
        for c in noun.children:
            if c.dep_ == "appos" and c.pos_ == "PROPN" and c.i > noun.i:
                name = [
                    t for t in self.doc[c.left_edge.i : c.i + 1] if t.pos_ == "PROPN" and t.head.i in {c.i, c.head.i}
                ]
                if 2 <= len(name) <= 3 and all(t.text[:1].isupper() and t.is_alpha for t in name):
                    found.append(name)
        return found

    # -- one source --------------------------------------------------------------------------------------------------

    def at(self, head: Token, tokens: Sequence[Token], named: Nameds) -> Who | None:
        """The person named at the head of a phrase or beside it; `named` are the register names of the text."""
        numbers = {n for t in tokens if (n := self.numbers.get(t.i)) is not None}
        for words in (self.spans[n] for n in sorted(numbers)):
            root = next((t for t in words if t.head.i not in {x.i for x in words}), words[-1])
            if not (
                words[0].i <= head.i <= words[-1].i
                or (
                    root.head.i == head.i
                    and root.dep_ in {"appos", "compound", "nsubj"}
                    and not (root.dep_ == "compound" and head.lemma_.lower() in BODY_NOUNS)
                )
                or (  # `a member of parliament, Nora Hall,`
                    root.dep_ == "appos"
                    and root.head.dep_ == "pobj"
                    and root.head.head.head.i == head.i
                    and self.words.kind(head.lemma_.lower()) not in {"relative", "outlet", "monitor"}
                    and self.words.kind(root.head.lemma_.lower()) != "soldier"
                )
            ):
                continue
            if root.head.i == head.i and self._names_a_body(head, root):
                continue
            name = " ".join(t.text for t in words)
            full = self.full.get(words[-1].lower_, name)
            source = self.register.resolve(full) or self.register.resolve(words[-1].text)
            if source is not None and not same_person(full, source):
                source = None
            start, end = words[0].idx, words[-1].idx + len(words[-1])
            if source is not None:
                return Who(
                    name, source.name, source.kind, source, source.side,
                    start=start, end=end, owner_kind=self.owner(source), role=self.role_of(full),
                )  # fmt: skip
            known = self.roles.get(words[-1].lower_)
            role, owner = known or (self._role(tokens, full), "")
            if known is None:
                owner = next((n.source.kind for n in self._owners(head, tokens, named)), "")
                self.roles[words[-1].lower_] = (role or "person", owner)
            return Who(
                self._described(words, tokens) if role == "relative" else name, full, role or "person", None,
                self.side_of(tokens), start=start, end=end, owner_kind=owner,
            )  # fmt: skip
        return None

    def _names_a_body(self, noun: Token, name: Token) -> bool:
        """`The news site Uralsk Line`: a name beside a noun that means an outlet or a group is that of no person."""
        return (
            name.i > noun.i
            and self.words.kind(noun.lemma_.lower()) in {"outlet", "monitor"}
            and noun.lemma_.lower() not in REPORTERS
        )

    def _described(self, words: Sequence[Token], tokens: Sequence[Token]) -> str:
        """A name with what the person is (`Nora, the mother of a gunner`), where it stands in the same phrase and no clause begins."""
        clauses = (t.left_edge.i for t in tokens if t.dep_ in {"relcl", "acl"} and t.left_edge.i > words[-1].i)
        end = min(clauses, default=words[0].i + LONGEST_NAME + 1)
        last = max((t.i for t in tokens if t.i < min(end, words[0].i + LONGEST_NAME + 1)), default=words[-1].i)
        cut = last + 1 < len(self.doc) and self.doc[last + 1].text in CUT
        if cut or not any(self.words.kind(t.lemma_.lower()) for t in self.doc[words[-1].i + 1 : last + 1]):
            last = words[-1].i  # `Nora, 52`: nothing that she is
        return str(self.doc[words[0].i : last + 1].text).strip(" ,;")

    def owner(self, source: Source) -> str:
        """The kind of body a person speaks for; an armed force that belongs to no state is `private`."""
        owner = self.register.sources.get(source.parent or "")
        if owner is None:
            return ""
        return "private" if owner.kind == "armed-force" and owner.parent is None else owner.kind

    def _owners(self, head: Token, tokens: Sequence[Token], named: Nameds) -> list[Named]:
        """The bodies of the register that the phrase around a person's name names."""
        lo, hi = tokens[0].i, tokens[-1].i + 1
        return [n for n in named if lo <= n.start and n.end <= hi and n.source.kind != "person" and n.start != head.i]

    def by_surname(self, head: Token, tokens: Sequence[Token]) -> Who | None:
        """A person who was introduced with an office before, by the surname alone."""
        if head.pos_ != "PROPN" or head.lower_ not in self.roles:
            return None
        name = [t for t in tokens if t.pos_ == "PROPN" and t.i <= head.i and head.i in {t.head.i, t.i}]
        full = self.full.get(head.lower_, head.text)
        kind, owner = self.roles[head.lower_]
        start, last = name[0], name[-1]
        return Who(
            " ".join(t.text for t in name), full, kind, None, self.side_of(tokens),
            start=start.idx, end=last.idx + len(last), owner_kind=owner,
        )  # fmt: skip

    def role_of(self, full: str) -> str:
        """What a person of the register is, from the words around the first mention; a lawyer is a `witness` for clients."""
        role = self._role((), full)
        return "witness" if role in {"", "relative"} and self._is_counsel(full) else role

    def _is_counsel(self, full: str) -> bool:
        surname = full.split()[-1]
        i = self.first.get(surname)
        near = self.doc[max(0, i - 10) : i + 12] if i is not None else ()
        return any(t.lower_ in COUNSEL for t in near)

    def _role(self, tokens: Iterable[Token], full: str) -> str:
        """What a named person is, from the words beside the name here or where the person is introduced."""
        tokens = list(tokens)
        words = {t.lemma_.lower() for t in tokens} | {t.lower_ for t in tokens}
        words |= {t.lower_ for t in tokens} & EXPERTISE
        surname = full.split()[-1]
        if (i := self.first.get(surname)) is not None:
            sentence = self.doc[i].sent.start
            beside = [x for x in self.doc[max(0, i - 10) : i + 12] if x.sent.start == sentence]
            words |= {x.lower_ for x in beside} & EXPERTISE | {x.lemma_.lower() for x in beside}
        for kind, known in (
            ("analyst", self.words.analysts | EXPERTISE),
            ("official", self.words.officials - BODY_NOUNS),
            ("relative", self.words.relatives),
            ("soldier", self.words.soldiers - self.words.unclear),
            ("commander", self.words.commanders),
        ):
            if words & known:
                return kind
        return ""
