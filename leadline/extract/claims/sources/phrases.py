"""A source that is nothing but its noun phrase: `Russian soldier`, `the outlet Zona`, `the families`.

Such a source is called by the phrase without article and clauses, by the name that stands right behind its noun, or, if unnamed soldiers
are meant, by the nationality that the text gives them.
"""

from __future__ import annotations

from collections.abc import Mapping

from spacy.tokens import Doc, Token

from leadline.extract.claims.lexicon import Lexicon, load_lexicon
from leadline.extract.claims.sources.kinds import NAMED_KINDS, TROOPS
from leadline.extract.claims.sources.sides import Sides
from leadline.extract.claims.sources.who import BODY_NOUNS, Who, by_words, is_plural, members_of, phrase_tokens

OPENING, CLOSING = frozenset('"“«„'), frozenset('"”»“')


class Phrases:
    """The noun phrases of one text as sources; `named_later` gives trades the person of that trade, with where the text first names the trade."""

    def __init__(self, doc: Doc, sides: Sides, named_later: Mapping[str, tuple[int, str]]) -> None:
        self.doc, self.sides, self.named_later = doc, sides, named_later
        self.words = load_lexicon()

    def who(self, head: Token, kind: str, carrier: str = "") -> Who | None:
        """The noun phrase itself, without article and clauses, with the nationality that the text gives its head."""
        if head.lemma_.lower() in self.words.not_sources or head.pos_ not in {"NOUN", "PROPN", "ADJ", "NUM"}:
            return None
        if carrier and not kind and not _is_described(head, self.words):
            return None  # `according to information`: nobody is named
        kept = phrase_tokens(head, owned=kind not in {"soldier", "relative", "commander"})
        words = [t.text for t in kept]
        side = self.sides.of(kept)
        if head.pos_ == "PROPN" and not kind:  # `former convict Anton Orlov`: the name, not what is said of him
            names = [head]
            while names[0].i > head.left_edge.i and _goes_on(names[0].nbor(-1), head, self.words):
                names.insert(0, names[0].nbor(-1))
            kind = next((k for t in kept if t.pos_ != "PROPN" and (k := self.words.kind(t.lemma_.lower()))), "")
            if len(names) < len(kept) and kind:
                return by_words(self.doc[names[0].i : head.i + 1], kind if kind in NAMED_KINDS else "person", side)
        elif kind in NAMED_KINDS and (name := name_behind(head)):  # `the outlet Zona`, `a group called Open Barracks`
            return by_words(self.doc[name[0].i : name[-1].i + 1], kind, side)
        elif (
            head.lemma_.lower() in BODY_NOUNS and head.pos_ == "NOUN" and (name := name_behind(head))
        ):  # `operational command South`
            follows = self.doc[min(name[-1].i + 1, len(self.doc) - 1)].pos_
            if name[0].ent_type_ not in {"DATE", "TIME", "PERSON"} and follows in {"VERB", "AUX", "PUNCT"}:
                kept = [*kept, *name]
        later = self.named_later.get(head.lemma_.lower())
        if later is not None and head.i < later[0] and head.tag_ == "NN" and _is_new(head):
            return Who(head.text, later[1], kind, None, side, start=head.idx, end=head.idx + len(head))
        first, last = kept[0], kept[-1]
        whole = last.i - first.i + 1 == len(kept)
        canonical = self.doc[first.i : last.i + 1].text if whole else " ".join(words)
        stated, called = side is not None, ""
        if kind in TROOPS:
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


def name_behind(noun: Token) -> list[Token]:
    """The capitalised words right behind a noun that are its name (`the outlet Zona`)."""
    doc, name = noun.doc, list[Token]()
    first = noun.i + 1
    if first + 1 < noun.sent.end and doc[first].text in OPENING:  # `the paper "Southern Ledger"`
        closing = (t.i for t in doc[first + 1 : min(first + 7, noun.sent.end)] if t.text in CLOSING)
        last = next(closing, first)
        quoted = [t for t in doc[first + 1 : last] if t.is_alpha or t.tag_ == "POS"]
        return quoted if quoted and quoted[0].text[:1].isupper() and quoted[-1].text[:1].isupper() else []
    joining = load_lexicon().inside_names
    if first + 1 < noun.sent.end and doc[first].text == "The" and doc[first + 1].pos_ == "PROPN":
        name.append(doc[first])  # `the daily The Harbour Gazette`
        first += 1
    titled = noun.is_lower and all(t.is_title for t in doc[first : first + 2]) and first + 1 < noun.sent.end
    for t in doc[first : min(noun.i + 6, noun.sent.end)]:
        goes_on = name and t.lower_ in joining and t.i + 1 < noun.sent.end and t.nbor(1).text[:1].isupper()
        goes_on = goes_on or (name and t.text == "-" and not (name[-1].whitespace_ or t.whitespace_))
        if not t.text[:1].isupper() and not (name and t.tag_ == "POS") and not goes_on:
            break
        if t.pos_ != "PROPN" and not name and not titled:
            break  # but for `the channel Write Him Home`
        name.append(t)
    return name[:-1] if name and (name[-1].tag_ == "POS" or name[-1].is_punct) else name


def _is_described(head: Token, words: Lexicon) -> bool:
    """`Norlandic data`, `court figures`: whose a carrier is, by the words before it."""
    if head.lemma_.lower() in words.recordings:
        return False
    return any(
        c.dep_ == "compound" or (c.dep_ in {"amod", "nmod"} and (c.text[:1].isupper()))
        for c in head.lefts
        if c.i > head.sent.start or c.pos_ == "PROPN"
    )


def _is_new(head: Token) -> bool:
    """`A lawyer says …`: nothing but the noun, with an indefinite article or (in a headline) none."""
    beside = [
        c for c in head.children if c.dep_ in {"det", "amod", "compound", "poss", "nummod", "prep", "relcl", "appos"}
    ]
    return all(c.lower_ in {"a", "an"} for c in beside)


def _goes_on(before: Token, head: Token, words: Lexicon) -> bool:
    """Whether the word before a part of a name belongs to it: `Sapper's Diary`, `Way Out`."""
    if before.tag_ == "POS":
        return bool(before.i > head.left_edge.i and before.nbor(-1).text[:1].isupper())
    if words.kind(before.lemma_.lower()) or not before.text[:1].isupper() or before.is_punct:
        return False
    own = before.pos_ == "PROPN" and before.head.i == head.i
    return bool(own or (before.pos_ in {"PROPN", "NOUN", "ADJ"} and before.i > before.sent.start))
