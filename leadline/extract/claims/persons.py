"""Persons named in a text, with the role that pages print instead of the name.

Recall matters more than precision: a name that is missed here may be printed, a word taken for a name is merely hidden.
Boilerplate is searched too, since bylines and captions name people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from spacy.tokens import Token

from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.not_names import bare, left_out, no_names, whole
from leadline.extract.claims.sources.apposed import is_count
from leadline.extract.claims.sources.names import find_names, same_person
from leadline.extract.claims.sources.shown import alias, person_words, shown_persons
from leadline.extract.claims.statements.interviews import turn_names
from leadline.extract.parse import Parsed
from leadline.register import Register
from leadline.schema import PersonMention

ROLES = {
    "relative": "a relative", "soldier": "a soldier", "commander": "an officer", "analyst": "an analyst",
    "witness": "a witness", "official": "an official", "outlet": "a journalist", "monitor": "a rights worker",
}  # fmt: skip
TITLES = re.compile(
    r"(?:\b(?i:Mr|Mrs|Ms|Dr|Prof|Professor|Sgt|Sergeant|Private|Pvt|Cpl|Corporal|Lt|Lieutenant|Capt|Captain|Maj|Major|Col|Colonel|Gen|General|"
    r"President|Minister|Senator|Commander|Governor|Mayor|Ambassador|Reporter|"
    r"Marshal|Admiral|Judge|Deputy|Spokesman|Spokeswoman|Spokesperson)|(?m:^By))\.? +(?P<name>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,2})"
)
CAPITALISED = re.compile(r"[A-Z][\w’'-]+")
REGION = re.compile(
    r"[A-Z][\w’'-]+\s(?:Oblast|Region|Province|Raion|District|Krai|Territory|Governorate|Voivodeship|Peninsula)s?$"
)
MANNER = re.compile(r"-(?:style|like|era|type|class)\b")


def find_persons(
    parsed: Parsed, register: Register, taken: frozenset[tuple[int, int]] = frozenset()
) -> tuple[PersonMention, ...]:
    """Every mention of a person's name, in order and without overlap; later bare surnames and first names included.

    `taken` holds spans of known places and units, whose names the entity recogniser often takes for persons'.
    """
    text, document = parsed.document.text, parsed.document.document
    spans: dict[tuple[int, int], Token | None] = {}
    for e in parsed.doc.ents:
        if e.label_ == "PERSON":
            words = person_words(e)
            if words and not _within(words[0].idx, words[-1].idx + len(words[-1]), taken):
                spans[words[0].idx, words[-1].idx + len(words[-1])] = e.root
    for m in TITLES.finditer(text):
        if not _within(*m.span("name"), taken):
            spans.setdefault(m.span("name"), None)
    bodies: set[tuple[int, int]] = set()
    for n in find_names(parsed.doc, register):
        span = parsed.doc[n.start : n.end]
        if n.source.kind == "person":
            spans.setdefault((span.start_char, span.end_char), span.root)
        else:
            bodies.add((span.start_char, span.end_char))
    known = {text[s:e] for s, e in taken}
    for start, end in _furniture_names(parsed):
        if text[start:end] not in known:
            spans.setdefault((start, end), None)
    kin = _kin_names(parsed, taken)
    for span, (first, _) in kin.items():
        spans.setdefault(span, first)
    spans |= {k: v for k, v in left_out(parsed.doc, text, taken).items() if k not in spans}
    places = frozenset(text[s:e].lower() for s, e in taken)
    spans = {whole(text, *s): root for span, root in spans.items() if (s := _name(text, span, places)) is not None}
    relatives = {end for (_, end), (_, is_role) in kin.items() if is_role}
    spans.update({k: v for k, v in _taken_as_sources(parsed, register).items() if k not in spans})
    spoken = _speakers(parsed)
    spans.update({k: v for k, v in spoken.items() if k not in spans and not _within(*k, taken)})
    none = no_names(parsed.doc, text, spans, places)
    parts = {w for s, e in spans if (s, e) not in none for w in CAPITALISED.findall(text[s:e]) if len(w) > 2}
    for m in CAPITALISED.finditer(text):
        if m.group() in parts and not _within(*m.span(), taken):
            spans.setdefault(m.span(), None)
    full_spans: dict[tuple[int, int], Token | None] = {}
    for span, root in spans.items():  # a part of a name that grows to the whole has no root of its own
        if (longer := _name(text, _with_given_name(parsed, *span), places)) is not None:
            full_spans[longer] = full_spans.get(longer) or root
    none = no_names(parsed.doc, text, full_spans, places)
    of_bodies = frozenset(bodies)  # a word of a registered body's name (`Daughters of Marika`) is nobody's
    spans = {s: root for s, root in full_spans.items() if s not in none and not _within(*s, of_bodies)}
    kept: list[tuple[int, int, Token | None]] = []
    for (start, end), root in sorted(spans.items(), key=lambda x: (x[0][0], -x[0][1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, root))
    full: dict[str, str] = {}
    for start, end, _ in kept:
        name = text[start:end]
        last = name.split()[-1]
        if len(name) > len(full.get(last, "")):
            full[last] = name
    roles: dict[str, str] = {}
    found = []
    for start, end, root in kept:
        name = text[start:end]
        key = full.get(name.split()[-1], name)
        source = register.resolve(key) or register.resolve(name)
        if source is not None and source.kind == "person" and not same_person(key, source):
            source = None
        source_id = source.id if source is not None and source.kind == "person" else None
        if source is not None and source.kind != "person":
            continue
        if key not in roles or roles[key] == "a person":
            roles[key] = "a relative" if end in relatives else _role(root)
        found.append((start, end, name, key, source_id))
    return tuple(
        PersonMention(document=document, start=s, end=e, name=name, role=roles[key], source_id=source_id)
        for s, e, name, key, source_id in found
    )


def _within(start: int, end: int, spans: frozenset[tuple[int, int]]) -> bool:
    return any(s <= start and end <= e for s, e in spans)


def _name(text: str, span: tuple[int, int], places: frozenset[str]) -> tuple[int, int] | None:
    """The span of a name without posts, bodies and other words that are no part of it; None where none is left."""
    found = _without_posts(text, *span)
    return None if found is None else bare(text, *found, places)


def _without_posts(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span of a name without the words of a post before it; None where no name is left.

    >>> _without_posts("General Staff", 8, 13), _without_posts("Chief Anton Lund", 0, 16), _without_posts("Ivo Heron Oblast", 0, 16)
    (None, (6, 16), (0, 3))
    """
    if MANNER.match(text, end):
        return None
    if region := REGION.search(text[start:end]):
        end = start + len(text[start : start + region.start()].rstrip())
    posts = load_lexicon().posts
    for m in re.finditer(r"[\w’'.-]+", text[start:end]):
        if m[0].rstrip(".").lower() not in posts:
            return start + m.start(), end
    return None


@cache
def _kin() -> tuple[re.Pattern[str], ...]:
    """A name after a word for a relative (`mother Olena`, `a son named Ivo`), before one (`Olena, his mother,`), and its owner's (`Ivo's wife`)."""
    nouns = "|".join(sorted(map(re.escape, load_lexicon().kin | load_lexicon().relatives), key=lambda w: (-len(w), w)))
    name = r"(?P<name>[A-Z][\w’'-]{1,40}(?:\s[A-Z][\w’'-]{1,40}){0,2})"
    return (
        re.compile(rf"\b(?i:{nouns})(?:s|,)?(?:\s(?P<link>named|called|is|was|of))?\s{{1,3}}{name}"),
        re.compile(rf"\b{name},\s(?:his|her|their|my|our|the|a|whose)\s(?:[a-z]{{1,30}}\s)?(?:{nouns})\s?[,.;)]"),
        re.compile(rf"\b{name}(?P<link>['’]s)\s(?:[a-z]{{1,30}}\s)?(?i:{nouns})\b"),
    )


def _kin_names(parsed: Parsed, taken: frozenset[tuple[int, int]]) -> dict[tuple[int, int], tuple[Token, bool]]:
    """Names beside the word for a relative, which the entity recogniser often passes over, and whether that is their role."""
    words = load_lexicon()
    found: dict[tuple[int, int], tuple[Token, bool]] = {}
    for pattern in _kin():
        for m in pattern.finditer(parsed.document.text):
            start, end = m.span("name")
            span = parsed.doc.char_span(start, end, alignment_mode="expand")
            if span is None or not len(span) or _within(start, start + len(span[0]), taken):
                continue
            first = span[0]
            link = m.groupdict().get("link")
            owns = link in {"'s", "’s"}
            no_name = {"DATE", "TIME", "NORP"} | (
                {"GPE", "LOC", "FAC"} if owns or link in {"of", "is", "was"} else set()
            )
            if first.pos_ != "PROPN" or first.ent_type_ in no_name or first.lower_ in words.nationalities:
                continue
            found[start, end] = first, not owns and link != "of"
    return found


def _furniture_names(parsed: Parsed) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words in page furniture, which names reporters and is not parsed.

    A word that the text also has in lower case, or that the lexicon knows, is part of no name.
    """
    text = parsed.document.text
    words = load_lexicon()
    ordinary = set(re.findall(r"\b[a-z][\w’'-]+", text)) | words.furniture | words.outlets | set(words.nationalities)
    for start, end in parsed.document.boilerplate:
        run: list[re.Match[str]] = []
        for m in [*CAPITALISED.finditer(text, start, end), None]:
            joins = m is not None and (not run or text[run[-1].end() : m.start()] in {" ", "\u00a0"})
            if m is not None and joins and m.group().lower() not in ordinary:
                run.append(m)
                continue
            if len(run) > 1:
                yield run[0].start(), run[-1].end()
            run = [m] if m is not None and not joins and m.group().lower() not in ordinary else []


def _with_given_name(parsed: Parsed, start: int, end: int) -> tuple[int, int]:
    """The span with the capitalised names before it, which the entity recogniser often leaves out."""
    span = parsed.doc.char_span(start, end, alignment_mode="expand")
    if span is None or not len(span) or span[0].is_space:  # boilerplate is not parsed
        return start, end
    words = load_lexicon()
    first = span[0]
    while first.i > first.sent.start:
        before = first.nbor(-1)
        if (
            before.pos_ != "PROPN"
            or not before.text.istitle()
            or before.lower_ in words.titles
            or not before.whitespace_
        ):
            break
        first = before
    return first.idx, end


def _taken_as_sources(parsed: Parsed, register: Register) -> dict[tuple[int, int], Token | None]:
    """Names that are read as persons' where sources are named (`sources/shown.py`, `statements/interviews.py`): what stands in a chain is printed,
    so it is hidden here.

    A place of the same name is no reason to leave one out.
    """
    doc = parsed.doc
    known = [words for e in doc.ents if e.label_ == "PERSON" and (words := person_words(e))]
    runs = shown_persons(doc, known, lambda t: register.resolve(t.text) is not None)
    runs += [tuple(called) for t in doc if (t.pos_ == "NOUN" or is_count(t)) and (called := alias(t))]
    turns: dict[tuple[int, int], Token | None] = dict.fromkeys(turn_names(parsed.document.text, parsed.paragraphs))
    return turns | {(run[0].idx, run[-1].idx + len(run[-1])): run[-1] for run in runs}


def _speakers(parsed: Parsed) -> dict[tuple[int, int], Token | None]:
    """Capitalised single names that say something or are spoken of as somebody (`Misha knows`), where no entity was seen."""
    words = load_lexicon()
    lower = {t.text for t in parsed.doc}
    found: dict[tuple[int, int], Token | None] = {}
    for t in parsed.doc:
        if (
            t.pos_ == "PROPN"
            and (not t.ent_type_ or (t.ent_type_ == "ORG" and any(words.kind(c.lemma_.lower()) for c in t.lefts)))
            and t.dep_ in {"nsubj", "appos"}
            and t.text[:1].isupper()
            and t.text.isalpha()
        ):
            acts = t.head.lemma_.lower() in words.reporting | {"know", "want", "refuse", "tell"}
            alone = (
                t.head.tag_ in {"VBD", "VBZ"} and t.text.istitle() and t.lower_ not in lower | words.furniture
            )  # `Marek did.`
            if t.dep_ == "nsubj" and not acts and not alone:
                continue
            if any(c.dep_ in {"det", "poss"} for c in t.children):  # `the General Staff said`: no person's name
                continue
            if t.dep_ == "appos" and not words.kind(t.head.lemma_.lower()):
                continue
            found[t.idx, t.idx + len(t)] = t
    return found


def _role(root: Token | None) -> str:
    """The role that the words around a name give: its apposition, its title, the noun that it stands with."""
    if root is None:
        return "a person"
    words = load_lexicon()
    beside = {"appos", "compound", "nmod", "amod"}
    near = [c for c in root.children if c.dep_ in beside]
    if root.dep_ in beside:
        near += [root.head, *(c for c in root.head.children if c.dep_ in beside)]
    if (
        root.dep_ == "nsubj" and root.head.lemma_ == "be"
    ):  # `Lund is a soldier`; not `Lund's commander`, not `officials and Lund`
        near += [c for c in root.head.children if c.dep_ == "attr"]
    near += [g for c in root.children if c.dep_ == "appos" for g in c.subtree]
    kinds = [k for t in near if t.pos_ in {"NOUN", "PROPN"} and t.i != root.i and (k := words.kind(t.lemma_.lower()))]
    return ROLES.get(kinds[0], "a person") if kinds else "a person"
