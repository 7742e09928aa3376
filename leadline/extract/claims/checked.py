"""Which claims of a text a sentence on checking covers, weighed from all that shows it: what marked articles taught.

A sentence that has a word of checking in it is heard by its meaning: whether it says that somebody could not check, did check, that
nobody has confirmed, or that somebody contradicts. Beside each claim it gives numbers: how far it stands, whom, what recording or account it
names, what the rules of `leadline.extract.claims.coverage` make of it, whether it speaks of the same thing. Trees (`leadline.extract.claims.trees`) say
how likely it covers the claim; what is likeliest is weighed against the rules' answer and the words of doubt in the claim's own sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Span as TokenSpan
from spacy.tokens import Token

from leadline.extract.claims.accounts import is_teller
from leadline.extract.claims.coverage import ACCOUNTS, Doubt, denied_by, doubts_of
from leadline.extract.claims.encoder import Floats
from leadline.extract.claims.lexicon import load_lexicon
from leadline.extract.claims.page import Page, Told
from leadline.extract.claims.recordings import Recording
from leadline.extract.claims.who import Who, equal
from leadline.schema import Verification

CODES: tuple[Verification, ...] = ("not-stated", "could-not-verify", "unverified", "verified", "disputed")
HEARD = 0.35
"""The chance that a sentence says something on checking, from which it is weighed against each claim."""
SPEAKS = re.compile(
    r"verif|confirm|corrobor|authentic|independent|geoloc|\bevidence|\bproof|\bden(?:y|ies|ied|ying|ial)|dismiss|reject|refut|rebut"
    r"|disput|contradict|\bfake|fabricat|forg(?:er|ed)|\bfalse|untrue|\blies?\b|alleg|reportedly|purport|doubt|genuine|unable"
    r"|ascertain|substantiat|vouch|satellite|\bseen by|examined|reviewed|compared|match|consistent|metadata|could not|cannot|couldn"
    r"|can['’]t|no way|not able|(?:has|have) not been",
    re.IGNORECASE,
)
"""Words without which no sentence is listened to: nine in ten of the marked sentences that could not check have one, and one sentence of the news in fifteen."""
WORDS: Mapping[str, frozenset[str]] = {
    "recording": frozenset(
        ["video", "footage", "clip", "recording", "audio", "call", "intercept", "film", "image", "picture", "photo", "photograph", "tape", "conversation", "voice", "appeal", "material"]
    ),
    "account": ACCOUNTS,
    "claim": frozenset(["claim", "statement", "allegation", "assertion", "report", "information", "accusation", "announcement", "version"]),
    "figure": frozenset(["figure", "number", "toll", "loss", "total", "casualty", "count", "estimate", "datum", "statistic"]),
    "document": frozenset(["document", "letter", "list", "paper", "file", "log", "record", "certificate", "order", "post", "message", "screenshot", "notebook", "diary"]),
    "identity": frozenset(["identity", "name", "identify", "location", "place", "date", "authenticity"]),
    "denial": frozenset(["deny", "reject", "dismiss", "refute", "dispute", "contradict", "denial", "fake", "false", "lie", "fabricate"]),
}  # fmt: skip
FORMS: Mapping[str, frozenset[str]] = {
    "this": frozenset(["this", "it", "that", "they", "these", "those"]),
    "his": frozenset(["his", "her", "he", "she"]),
    "their": frozenset(["their", "they", "them"]),
    "all": frozenset(["all", "everything", "none", "any", "neither", "either", "both", "these", "those"]),
    "we": frozenset(["we", "our", "us"]),
    "not": frozenset(["not", "n't", "no", "never", "none", "cannot", "unable", "impossible"]),
    "could": frozenset(["could", "can", "able", "unable", "possible", "impossible", "cannot"]),
}  # fmt: skip
HEDGES = frozenset(
    [
        "allege",
        "allegedly",
        "alleged",
        "reportedly",
        "purport",
        "purportedly",
        "purported",
        "supposedly",
        "supposed",
        "unverified",
        "unconfirmed",
        "apparently",
        "ostensibly",
        "rumour",
        "rumor",
        "rumoured",
        "claim",
        "claimed",
        "appear",
        "seem",
        "believe",
        "unproven",
    ]
)
SHAPES = ("none", "recording", "inside", "paragraph", "tellers", "everywhere", "near")
GROUPS = {"video": "recording", "audio": "recording", "intercepted-call": "recording", "testimony": "testimony", "official-statement": "official",
          "social-post": "official", "document": "document", "investigation": "found", "analysis": "found", "intelligence-assessment": "found"}  # fmt: skip
CONTENT = frozenset({"NOUN", "VERB", "PROPN", "NUM", "ADJ"})


@dataclass(frozen=True)
class Heard:
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
    return [k for k, s in enumerate(page.sentences) if SPEAKS.search(s.text)]


def hear(k: int, chances: Floats, page: Page) -> Heard:
    """A sentence on checking with what it names."""
    sentence, chains = page.sentences[k], page.chains
    code = 1 + int(chances[1:].argmax())
    cue = next((t for t in sentence if SPEAKS.search(t.lower_)), sentence.root)
    could_not = doubts_of(sentence, "could-not-verify", cue, chains)
    seen = chains.voices.seen_at
    spoken = [w for at, w in seen if sentence.start <= at < sentence.end]
    before = [w for at, w in seen if at < sentence.start and not any(equal(w, x) for x in spoken)]
    numbers = _of_sentence(sentence, k, page)
    numbers |= {f"says {name}": float(p) for name, p in zip(CODES, chances, strict=True)}
    numbers |= {f"is {name}": float(code == n) for n, name in enumerate(CODES) if n}
    shape = _shape(could_not)
    numbers |= {f"shape {name}": float(shape == name) for name in SHAPES}
    return Heard(
        k, chances, code, cue, shape, could_not, doubts_of(sentence, "verified", cue, chains), denied_by([cue], chains),
        spoken, before[-3:], numbers,
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
    lemmas, forms = {t.lemma_.lower() for t in tokens}, {t.lower_ for t in tokens}
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
    last = max(paragraphs, default=0)
    found["in headline"], found["in lead"] = float(paragraphs[k] <= 0), float(paragraphs[k] == 1)
    found["in last"], found["how late"] = float(paragraphs[k] >= last), k / max(1, len(paragraphs) - 1)
    found["alone"] = float(paragraphs.count(paragraphs[k]) == 1)
    found["opens"] = float(k == 0 or paragraphs[k - 1] != paragraphs[k])
    found["closes"] = float(k == len(paragraphs) - 1 or paragraphs[k + 1] != paragraphs[k])
    return found


def _of_claim(told: Told, page: Page) -> dict[str, float]:
    """Numbers of a claim by itself."""
    claim, k, who = told.claim, told.k, told.who
    found = {"hops": float(len(told.lineage.whos)), "teller": float(is_teller(who))}
    found["on recording"], found["counts"] = float(told.lineage.recording is not None), float(claim.number is not None)
    found["claim in headline"], found["claim in lead"] = float(page.paragraphs[k] <= 0), float(page.paragraphs[k] == 1)
    found["claim late"] = k / max(1, len(page.sentences) - 1)
    found |= {f"realis {r}": float(claim.realis == r) for r in ("actual", "generic", "denied", "possible")}
    kind = who.kind if who is not None else ""
    found |= {
        f"speaker {n}": float(kind == n)
        for n in ("soldier", "relative", "witness", "person", "outlet", "monitor", "official", "state-body")
    }
    return found  # fmt: skip


def pairs(told: Sequence[Told], page: Page, heard: Sequence[Heard]) -> list[tuple[int, int, dict[str, float]]]:
    """For each claim and each sentence on checking: their places in the two lists, and the numbers of the pair."""
    claims = [_of_claim(x, page) for x in told]
    content = [_content(x.clause.tokens) for x in told]
    found = []
    for n, h in enumerate(heard):
        sentence = page.sentences[h.k]
        words = _content(sentence)
        mentions = [page.chains.recordings.by_token[t.i] for t in sentence if t.i in page.chains.recordings.by_token]
        latest = page.chains.recordings.latest(sentence.start)
        ruled = [d for d in page.disclaimers.doubts if sentence.start <= d.cue.i < sentence.end]
        denials = [d for d in page.disclaimers.denials if sentence.start <= d[1].i < sentence.end]
        names = {t.lower_ for t in sentence if t.pos_ in {"NOUN", "PROPN"}} | {t.lemma_.lower() for t in sentence}
        kinds = {load_lexicon().kind(t.lemma_.lower()) for t in sentence if t.pos_ == "NOUN"} - {""}
        here = [j for j, x in enumerate(told) if x.k == h.k]
        for j, x in enumerate(told):
            g = _between(x, h, told, page)
            g |= _rules_say(x, h, ruled, denials, page)
            r = x.lineage.recording
            g["same recording"] = float(r is not None and any(m is r for m in mentions))
            g["latest recording"] = float(r is not None and not mentions and latest is r)
            g["other recording"] = float(r is not None and bool(mentions) and not g["same recording"])
            g["named"] = float(
                any(w in names for v in x.lineage.whos for w in v.canonical.lower().split() if len(w) > 3)
            )
            g["kind named"] = float(x.who is not None and x.who.kind in kinds)
            g["other kind named"] = float(bool(kinds) and not g["kind named"])
            g["shared words"] = float(min(4, len(words & content[j]))) if x.k != h.k else 0.0
            g["event there"] = float(any(told[i].claim.event == x.claim.event for i in here if i != j))
            g["denied there"] = float(any(told[i].claim.realis == "denied" for i in here))
            g["alike"] = _alike(page.meaning(x.k), page.meaning(h.k))
            found.append((j, n, g | h.numbers | claims[j]))
    return found


def with_media(pair: Mapping[str, float], media: Mapping[str, float]) -> dict[str, float]:
    """The numbers of a pair with those that hang on what carries the claim: `media` has the chance of each medium."""
    by = dict.fromkeys(("recording", "testimony", "official", "document", "found"), 0.0)
    for code, p in media.items():
        if code in GROUPS:
            by[GROUPS[code]] += p
    return {
        **pair,
        **{f"by {group}": p for group, p in by.items()},
        "recording by recording": pair["speaks of recording"] * by["recording"],
        "recording by other": pair["speaks of recording"] * (1 - by["recording"]),
        "account by testimony": pair["speaks of account"] * by["testimony"],
        "claim by official": pair["speaks of claim"] * by["official"],
        "document by document": pair["speaks of document"] * by["document"],
        "figure counts": pair["speaks of figure"] * pair["counts"],
        "figure counts nothing": pair["speaks of figure"] * (1 - pair["counts"]),
        "his teller": pair["has his"] * pair["teller"],
        "their teller": pair["has their"] * pair["teller"],
    }


def _between(x: Told, h: Heard, told: Sequence[Told], page: Page) -> dict[str, float]:
    """How far a claim and a sentence on checking stand from each other, and who speaks between them."""
    away, paragraphs = h.k - x.k, page.paragraphs[h.k] - page.paragraphs[x.k]
    low, high = sorted((x.k, h.k))
    mid = [y for y in told if low < y.k < high]
    who = x.who
    last = h.before[-1] if h.before else None
    return {
        "same sentence": float(away == 0), "away": float(np.clip(away, -12, 12)), "distance": float(min(12, abs(away))),
        "paragraphs away": float(np.clip(paragraphs, -6, 6)), "same paragraph": float(paragraphs == 0),
        "speaks there": float(who is not None and any(equal(who, o) for o in h.spoken)),
        "hop speaks there": float(any(equal(v, o) for v in x.lineage.whos for o in h.spoken)),
        "spoke last": float(who is not None and last is not None and equal(who, last)),
        "spoke before": float(who is not None and any(equal(who, o) for o in h.before)),
        "own voice": float(who is None),
        "one speaker between": float(all(_one(y.who, who) for y in mid)), "claims between": float(min(8, len(mid))),
    }  # fmt: skip


def _one(left: Who | None, right: Who | None) -> bool:
    return (left is None and right is None) or (left is not None and right is not None and equal(left, right))


def _rules_say(
    x: Told, h: Heard, ruled: Sequence[Doubt], denials: Sequence[tuple[Recording | Who, Token, int]], page: Page
) -> dict[str, float]:
    """Whether the rules of coverage have the sentence cover the claim: by a cue they know, and if it were one."""
    paragraph = page.chains.voices.paragraph_of(x.head.idx)

    def covers(doubts: Sequence[Doubt]) -> bool:
        return any(d.covers(x.lineage, x.head, paragraph) for d in doubts)

    def is_denied(target: Recording | Who | None) -> bool:
        if isinstance(target, Who):
            return bool(x.lineage.whos) and equal(x.lineage.whos[-1], target)
        return target is not None and x.lineage.recording is target

    by_rule, denied = covers(ruled), any(is_denied(t) for t, _, _ in denials)
    return {
        "ruled": float(by_rule), "ruled out": float(bool(ruled) and not by_rule), "could not": float(covers(h.could_not)),
        "did": float(covers(h.did)), "denied by rule": float(denied), "denied": float(is_denied(h.denied)),
    }  # fmt: skip


def _content(tokens: TokenSpan | Sequence[Token]) -> set[str]:
    return {t.lemma_.lower() for t in tokens if t.pos_ in CONTENT and not t.is_stop}


def _alike(left: Floats, right: Floats) -> float:
    size = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(left @ right) / size if size else 0.0


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
    against = [x for x in others if (x.claim.realis == "denied") != denies and not _one(x.who, told.who)]
    nearest = min(against, key=lambda x: (x.claim.event != told.claim.event, abs(x.k - told.k)), default=None)
    return nearest.head if nearest is not None else None
