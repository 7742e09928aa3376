"""The sentences of a text that say something on checking, and the words of doubt in a claim's own sentence.

A sentence that has a word of checking in it is heard by its meaning and by its words (`scripts/train_hearing.py`): whether it says that somebody could not check, did check, that
nobody has confirmed, or that somebody contradicts. Which claims it covers is weighed pair by pair (`leadline.extract.claims.judged.pairing`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.coded.encoder import Floats
from leadline.extract.claims.judged.coverage import ACCOUNTS, Doubt, denied_by, doubts_of
from leadline.extract.claims.judged.page import Page, Told
from leadline.extract.claims.lexicon import rule_words
from leadline.extract.claims.recordings.recordings import Recording
from leadline.extract.claims.sources.who import Who, equal, same_speaker
from leadline.schema import Verification

CODES: tuple[Verification, ...] = ("not-stated", "could-not-verify", "unverified", "verified", "disputed")
HEARD = 0.35
"""The chance that a sentence says something on checking, from which it is weighed against each claim."""
SPEAKS = re.compile(
    r"verif|confirm|corrobor|authentic|geoloc|\bevidence\b|\bproof\b|\bden(?:y|ies|ied|ying|ials?)\b|dismiss|reject|refut|rebut|disput|contradict"
    r"|\bfake|fabricat|\bforge|\bfalse|untrue|\blies?\b|\bdoubt|\bgenuine\b|ascertain|substantiat|vouch|metadata|satellite|\bseen by|examined|reviewed"
    r"|\bcompared|\bmatch(?:e[sd]|ing)?\b|\bconsistent with"
    r"|(?:unable|could not|cannot|couldn|can['’]t|no way|no means|not able|impossible|not possible|(?:has|have) not been)[^.;]*?"
    r"\b(?:establish|determin|check|identif|prove|judge|tell|say|know|assess|locat|reach|rule out|f[io]u?nd|guarantee|trace)"
    r"|\b(?:nobody|no one|none|neither|nor)\b[^.;]{0,80}?\b(?:can|could|able|possible)\b[^.;]{0,80}?\b(?:establish|check|identif|prove)"
    r"|\bnot\b[^.;]{0,40}\b(?:establish|check|identif|prove|test)",
    re.IGNORECASE,
)
"""Words without which no sentence is listened to: nine in ten of the marked sentences that could not check have one, and one sentence of the news in twenty-five.
Inability counts where something is to be found out (`nobody can check it`, `not all of it could be tested`): soldiers who `cannot go back` say nothing of checking. Nor do `independent` and `alleged` by themselves.
"""
WORDS: Mapping[str, frozenset[str]] = {
    "recording": rule_words("checked.recordings"),
    "account": ACCOUNTS,
    "claim": rule_words("checked.claims"),
    "figure": rule_words("checked.figures"),
    "document": rule_words("checked.documents"),
    "identity": rule_words("checked.identities"),
    "denial": rule_words("checked.denials"),
}
FORMS: Mapping[str, frozenset[str]] = {
    "this": frozenset(["this", "it", "that", "they", "these", "those"]),
    "his": frozenset(["his", "her", "he", "she"]),
    "their": frozenset(["their", "they", "them"]),
    "all": frozenset(["all", "everything", "none", "any", "neither", "either", "both", "these", "those"]),
    "we": frozenset(["we", "our", "us"]),
    "not": frozenset(["not", "n't", "no", "never", "none", "cannot", "unable", "impossible"]),
    "could": frozenset(["could", "can", "able", "unable", "possible", "impossible", "cannot"]),
}  # fmt: skip
RESERVING = rule_words("checked.reserving")
HEDGES = RESERVING | rule_words("checked.hedges")
RESERVED = frozenset(f"{place} {word}" for place in ("inside", "above") for word in RESERVING)
"""Marks of a claim whose own words keep a reservation: too rare in marked articles for models to learn, and plain by definition."""
LAST = 3
"""Those who spoke before a sentence that are looked at."""
SHAPES = ("none", "recording", "inside", "paragraph", "tellers", "everywhere", "near")


@dataclass(frozen=True)
class Checking:
    """A sentence on checking: its number, the chance of each code, its code, what the rules would have it cover, and numbers of its own."""

    k: int
    chances: Floats
    code: int
    cue: Token
    shape: str
    could_not: list[Doubt]
    did: list[Doubt]
    denied: Recording | Who | None
    spoken: list[Who]
    before: list[Who]
    numbers: dict[str, float]


def suspects(page: Page) -> list[int]:
    """The numbers of the sentences in which a word of checking stands."""
    text = page.chains.doc.text
    return [k for k, s in enumerate(page.sentences) if SPEAKS.search(text, s.start_char, s.end_char)]


def signs_of(sentence: TokenSpan) -> dict[str, float]:
    """What shows how a sentence speaks beside its meaning: its words, each with its form and part in the sentence, and what hangs on what.

    The meaning blurs who could not do what: `could not confirm the order` and `could not confirm the call` are alike to it.
    """
    found: dict[str, float] = {}
    for t in sentence:
        if t.is_space:
            continue
        word, head = t.lemma_.lower(), t.head.lemma_.lower()
        signs = (word, f"{word} {t.tag_}", f"{word} {t.dep_}", f"{head} > {t.dep_}", f"{head} > {word}")
        found |= dict.fromkeys(signs, 1.0)
    return found


def hear(k: int, chances: Floats, page: Page) -> Checking:
    """A sentence on checking with what it names."""
    sentence, chains = page.sentences[k], page.chains
    code = 1 + int(chances[1:].argmax())
    cue = next((t for t in sentence if SPEAKS.search(t.lower_)), sentence.root)
    could_not = doubts_of(sentence, "could-not-verify", cue, chains)
    seen = chains.voices.seen_at
    spoken = [w for _, w in seen.within(sentence.start, sentence.end)]
    others = (w for _, w in seen.back_from(sentence.start) if not any(equal(w, x) for x in spoken))
    before = list(islice(others, LAST))[::-1]
    numbers = _of_sentence(sentence, k, page)
    numbers |= {f"says {name}": float(p) for name, p in zip(CODES, chances, strict=True)}
    numbers |= {f"is {name}": float(code == n) for n, name in enumerate(CODES) if n}
    shape = _shape(could_not)
    numbers |= {f"shape {name}": float(shape == name) for name in SHAPES}
    return Checking(
        k, chances, code, cue, shape, could_not, doubts_of(sentence, "verified", cue, chains), denied_by([cue], chains),
        spoken, before, numbers,
    )  # fmt: skip


def _shape(doubts: Sequence[Doubt]) -> str:
    if not doubts:
        return "none"
    d = doubts[0]
    if d.recording is not None:
        return "recording"
    if d.inside:
        return "inside"
    if d.paragraph >= 0:
        return "paragraph"
    return "tellers" if d.all_tellers else "everywhere" if d.everywhere else "near"


def _of_sentence(sentence: TokenSpan, k: int, page: Page) -> dict[str, float]:
    tokens = [t for t in sentence if not t.is_space]
    forms = {t.lower_ for t in tokens}
    lemmas = {t.lemma_.lower() for t in tokens if t.pos_ != "PROPN"}  # the `Harbour Post` is no post
    found = {f"speaks of {name}": float(not lemmas.isdisjoint(words)) for name, words in WORDS.items()}
    found |= {f"has {name}": float(not forms.isdisjoint(words)) for name, words in FORMS.items()}
    found["accounts"] = float(any(t.tag_ == "NNS" and t.lemma_.lower() in ACCOUNTS for t in tokens))
    found["known recording"] = float(any(t.i in page.chains.recordings.by_token for t in tokens))
    found["clause"] = float(any(t.dep_ == "ccomp" for t in tokens))
    found["that"] = float(any(t.dep_ == "mark" and t.lower_ in {"that", "whether", "if"} for t in tokens))
    found["person"] = float(any(page.chains.naming.people.is_named(t) for t in tokens))
    found["quoted"] = float('"' in sentence.text or "“" in sentence.text)
    found["been"] = float("been" in forms and not forms.isdisjoint({"has", "have"}))
    found["long"] = min(len(tokens), 60) / 20
    paragraphs = page.paragraphs
    last = paragraphs[-1] if paragraphs else 0
    found["in headline"], found["in lead"] = float(paragraphs[k] <= 0), float(paragraphs[k] == 1)
    found["in last"], found["how late"] = float(paragraphs[k] >= last), k / max(1, len(paragraphs) - 1)
    opens = k == 0 or paragraphs[k - 1] != paragraphs[k]
    closes = k == len(paragraphs) - 1 or paragraphs[k + 1] != paragraphs[k]
    found["alone"], found["opens"], found["closes"] = float(opens and closes), float(opens), float(closes)
    return found


def doubtful_words(told: Told, page: Page) -> dict[str, float]:
    """Marks of a claim by itself: what the rules say, and the words of doubt in its clause, above its verb and beside it."""
    clause = {t.lemma_.lower() for t in told.clause.tokens}
    around = {t.lemma_.lower() for t in page.sentences[told.k]} - clause
    chain = (told.head, *told.head.ancestors)
    near = {y.lemma_.lower() for a in chain for y in (a, *a.children) if y is a or y.dep_ in {"advmod", "amod"}}
    claim = told.claim
    names = [f"rules {claim.verification}", f"event {claim.event}", f"realis {claim.realis}", f"medium {claim.medium}"]
    names += [f"inside {w}" for w in clause & HEDGES] + [f"beside {w}" for w in around & HEDGES]
    names += [f"above {w}" for w in near & HEDGES] + [f"kind {told.who.kind if told.who is not None else '-'}"]
    names += [f"cue {told.lineage.cue.lemma_.lower() if told.lineage.cue is not None else '-'}"]
    names += ["headline"] if page.paragraphs[told.k] <= 0 else []
    return dict.fromkeys(names, 1.0)


def hedge_of(told: Told, page: Page, code: Verification) -> Token | None:
    """The word of doubt in a claim's sentence that shows it to be unverified; no other code is shown by such a word."""
    if code != "unverified":
        return None
    hedges = [t for t in page.sentences[told.k] if t.lemma_.lower() in HEDGES]
    inside = {t.i for t in told.clause.tokens}
    return next((t for t in hedges if t.i in inside), hedges[0] if hedges else None)


def contrary_to(told: Told, others: Sequence[Told], code: Verification) -> Token | None:
    """The word by which somebody else denies what a disputed claim tells, or tells what it denies; the nearest, of the same event before others."""
    if code != "disputed":
        return None
    denies = told.claim.realis == "denied"
    against = [x for x in others if (x.claim.realis == "denied") != denies and not same_speaker(x.who, told.who)]
    nearest = min(against, key=lambda x: (x.claim.event != told.claim.event, abs(x.k - told.k)), default=None)
    return nearest.head if nearest is not None else None
