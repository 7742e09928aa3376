"""Nouns that name a recording, and which medium each shows: `an intercepted call`, `drone footage`, `a voice message`."""

from __future__ import annotations

from spacy.tokens import Token

from leadline.extract.claims.lexicon import Lexicon, load_lexicon, rule_words
from leadline.schema import Medium

ONLINE = rule_words("recorded.online")
NOT_ALONE = rule_words("recorded.not_alone")


def mention_medium(token: Token, words: Lexicon | None = None) -> Medium | None:
    """The medium of a noun that names a recording, None where it names none.

    `call` and `message` need a word such as `phone`, `video` or `intercepted` beside them.
    """
    words = words or load_lexicon()
    lemma = token.lemma_.lower()
    if token.pos_ not in {"NOUN", "PROPN"} and not (token.pos_ == "ADJ" and token.dep_ in {"pobj", "dobj", "nsubj"}):
        return None
    before = {token.nbor(-1).lower_} if token.i else set()
    beside = (
        before
        | {c.lower_ for c in token.lefts}
        | {x.lower_ for c in token.lefts for x in c.subtree if c.dep_ in {"amod", "compound", "nmod"}}
    )
    helped = bool(beside & words.help_words)
    if token.dep_ == "compound" and token.head.lower_ in {
        "link",
        "conference",
        "game",
        "camera",
        "platform",
        "service",
        "app",
    }:
        return None
    if token.dep_ == "compound" and (mention_medium(token.head, words) or token.head.lower_ in words.with_help):
        return None
    if lemma in words.with_help or lemma == "message":
        if not helped:
            return None
    elif lemma not in words.recordings and token.lower_ not in words.recordings:
        return None
    tapped = bool(
        beside & {"intercepted", "intercept", "tapped", "wiretapped", "phone", "telephone", "radio"}
    ) or lemma in {"intercept", "wiretap", "comms"}
    if lemma in words.calls or lemma in {"exchange", "talk"} or token.lower_ in words.calls:
        return "intercepted-call" if tapped or _is_made_public(token, words) else None
    if tapped and beside & {"intercepted", "intercept", "tapped", "wiretapped"}:
        return "intercepted-call"
    if lemma in words.sounds or lemma == "memo" or beside & {"voice", "audio"}:
        return "audio"
    return "video"


def makes_public(verb: Token, words: Lexicon) -> bool:
    """Whether a verb makes a recording public: `posted`, `put out`, `put on its website`, `made public`."""
    lemma = verb.lemma_.lower()
    if lemma not in {"put", "make"}:
        return lemma in words.releasing
    if lemma == "make":
        return any(t.lower_ == "public" for t in (*verb.children, *verb.doc[verb.i + 1 : verb.i + 2]))
    beside = {c.lower_ for c in verb.children if c.dep_ in {"prt", "advmod", "acomp", "prep"}}
    online = (t.dep_ == "pobj" and t.lemma_.lower() in ONLINE for t in verb.subtree)
    return not beside.isdisjoint({"out", "online", "up"}) or any(online)


def _is_made_public(call: Token, words: Lexicon) -> bool:
    """`released a call in which …`, `conversations of soldiers recorded in May`: somebody listened in."""
    if call.dep_ == "dobj" and makes_public(call.head, words) and call.head.lemma_.lower() not in NOT_ALONE:
        return True
    return any(
        c.dep_ == "acl" and c.lemma_.lower() in {"record", "intercept", "release", "tap", "publish", "leak", "post"}
        for c in call.children
    )
