"""Which events a sentence tells, clause by clause: the hits of patterns and of the taught model, weighed against each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Token

from leadline.codebook import Codebook, Pattern
from leadline.extract.claims.chains import Chains
from leadline.extract.claims.events import Found, find_events
from leadline.extract.claims.grammar import top
from leadline.extract.claims.judging import Judges, judges_for
from leadline.extract.claims.medium import MediumRule, compile_media
from leadline.extract.claims.realis import CueRule, compile_cues
from leadline.extract.claims.segments import SUBJECTS, clause_head, clause_tokens, longest_run
from leadline.extract.claims.taught import Heard, Taught, taught_for
from leadline.extract.claims.triggers import SURE, Rules, compile_rules, grounds_of
from leadline.extract.claims.verification import Checks, compile_checks
from leadline.extract.claims.words import Line, find
from leadline.schema import Claim

LEAST = 0.5
"""Triggers that are less sure than this make no claim."""
RANK_STEP = 0.06
DEPTH_STEP = 0.05
"""Between events whose words stand in one clause: what the codebook ranks higher wins, and what stands nearer its verb."""
HEARD_STEP = 0.25
"""What the chance that a taught model gives to the words adds: chosen on the open invented articles, the news and the annotated war-news together."""
SHORTEST = 2
FAR = 400
"""Characters after which a sentence no longer goes on about the event before it."""
DENYING = frozenset({"deny", "refute", "reject", "dismiss", "rebut"})
NOTHING = frozenset({"no", "nothing"})
NOT_DENIED = {"prosecution", "public-appeal"}
"""What happens in public: who denies an allegation does not deny that it was made, or that a court sat."""
FAINT = 0.05
"""Chance from which a word that takes up an event says which."""
TIMING = frozenset({"after", "when", "before"})
"""Conjunctions of clauses that tell what else happened."""
REASON_STEP = 0.1
ASIDE_STEP = 0.2
"""What says who did it or to whom it was done gives way to what happened."""
SHORT_QUOTE = 8
"""Words; a longer quotation is somebody's speech, a shorter one a term."""
ENOUGH = 2
"""Sure words of a taught model that show what a document is about, where no pattern does; a single one may deceive."""


@dataclass(frozen=True)
class Coder:
    """A codebook compiled for coding texts."""

    book: Codebook
    rules: Rules
    grounds: Rules
    cues: tuple[CueRule, ...]
    media: dict[str, MediumRule]
    checks: Checks
    counts: dict[str, tuple[Pattern, ...]]
    again: tuple[Pattern, ...] = ()
    taught: Taught | None = None
    judges: Judges | None = None

    @classmethod
    def of(cls, book: Codebook) -> Coder:
        """Compile a codebook."""
        rules, taught = compile_rules(book), taught_for(book)
        return cls(
            book=book,
            rules=rules,
            grounds=grounds_of(rules),
            cues=compile_cues(book),
            media=compile_media(book),
            checks=compile_checks(book),
            counts={e.code: tuple(map(book.pattern, e.counts)) for e in book.events},
            again=tuple(map(book.pattern, book.file.again)),
            taught=taught,
            judges=judges_for(taught.encoder) if taught is not None else None,
        )


@dataclass(frozen=True)
class Candidate:
    """A clause with the event that its words show."""

    found: Found
    clause: tuple[Token, ...]
    start: int
    end: int
    within: frozenset[int] | None
    support: int
    line: Line


def of_the_subject(heard: Heard, told: frozenset[str], book: Codebook) -> tuple[Heard, frozenset[str]]:
    """What a taught model heard, where the document tells of the subject in sure words; and the events it so tells of.

    A word alone deceives: in an article about trade somebody refuses, threatens and withdraws too.
    """
    subject = frozenset(e.code for e in book.events if not e.context)
    sure = [f for f in heard.hits if f.weight >= SURE and f.event in subject]
    if len(sure) >= ENOUGH:
        told |= {f.event for f in sure}
    return (heard if told & subject else Heard()), told


def candidates(
    line: Line,
    coder: Coder,
    chains: Chains,
    located: frozenset[int],
    told: frozenset[str],
    heard: Heard | None = None,
) -> list[Candidate]:
    """The clauses of a sentence that hold an event, each with the event that fits best.

    What the taught model heard counts where no pattern found anything in the same part of a clause.
    """
    heard = heard or Heard()
    learned = heard.of(line)
    groups: dict[int, list[tuple[Found, Token, frozenset[int] | None]]] = {}
    parts: dict[int, Line] = {}

    def scope(head: Token) -> Line:
        if head.i not in parts:
            within = chains.contents(head)
            parts[head.i] = line.part(clause_tokens(clause_head(head, within), within))
        return parts[head.i]

    for found in (*find_events(line, coder.rules, located, scope, told, _denied_in(line)), *learned):
        within = chains.contents(found.head)
        head = clause_head(found.head, within)
        if found.weight - DEPTH_STEP * _depth(found, head) < LEAST or _attributive(found):
            continue
        if found.learned and within is None and _addresses_reader(found.head):
            continue
        if found.head.pos_ in {"NOUN", "PROPN"} and found.head.i in chains.voices.sources:
            continue  # `a deserter told` tells what the deserter says
        if any(
            (other := chains.contents(t)) is not within
            and other is not None
            and len(other) > SHORT_QUOTE
            and found.head.i not in other
            for t in found.tokens
        ):
            continue  # words of a frame and words of what it quotes are no one event
        groups.setdefault(head.i, []).append((found, head, within))
    context = frozenset(e.code for e in coder.book.events if e.context)
    chosen: list[Candidate] = []
    for _, group in sorted(groups.items()):
        group = [g for g in group if not any(_holds(o[0], g[0]) for o in group)]
        head, within = group[0][1], group[0][2]
        parts_of = coordinates(group, head, heard)
        for part_head, members in parts_of:
            best = max(members, key=lambda f: (_score(f, part_head, heard, members), -f.head.i, f.event))
            others = frozenset(t.i for h, _ in parts_of if h.i not in {part_head.i, head.i} for t in h.subtree)
            clause = [t for t in clause_tokens(part_head, within) if t.i not in others or part_head.i in others]
            start, end = longest_run(clause, best.head.i)
            words = [t for t in clause if start <= t.idx < end]
            if sum(t.is_alpha for t in words) >= SHORTEST:
                support = sum(f.event == best.event for f in members)
                chosen.append(Candidate(best, tuple(words), start, end, within, support, line))
    return [
        c
        for c in chosen
        if not any(_repeats(c, o) for o in chosen) and not any(_is_denied_by(o.found, c.found, context) for o in chosen)
    ]


def _repeats(one: Candidate, other: Candidate) -> bool:
    """Whether a clause only tells once more what a longer one tells."""
    return (
        one is not other
        and one.found.event == other.found.event
        and other.start <= one.start
        and one.end <= other.end
        and (other.end - other.start) > (one.end - one.start)
    )


def _denied_in(line: Line) -> frozenset[int]:
    """The words of what a sentence says that somebody denies (`denied that anyone had been detained`)."""
    return frozenset(
        t.i
        for verb in line.tokens
        if verb.lemma_.lower() in DENYING
        for c in verb.children
        if c.dep_ == "ccomp"
        for t in c.subtree
    )


def _is_denied_by(denied: Found, denial: Found, context: frozenset[str]) -> bool:
    """Whether an answer is the denial of an event of the subject, which is then told as denied and not twice (`denied that he was beaten`)."""
    return (
        denial.event in context
        and denied.event not in context
        and denial.head.lemma_.lower() in DENYING
        and denial.head.i in {a.i for a in denied.head.ancestors}
    )


def coordinates(
    group: list[tuple[Found, Token, frozenset[int] | None]], head: Token, heard: Heard
) -> list[tuple[Token, list[Found]]]:
    """The parts of a clause (`were beaten and sent back`, `was shot after he had refused`) with their events, where these differ and are sure."""
    hits = [f for f, _, _ in group]
    hits = [f for f in hits if not f.learned] or hits
    parts: dict[int, tuple[Token, list[Found]]] = {}
    for found in hits:
        own = found.head
        while own.i not in {head.i, own.head.i} and not _is_part(own):
            own = own.head
        own = own if _is_part(own) else head
        parts.setdefault(own.i, (own, []))[1].append(found)
    strong = {i: max(fs, key=lambda f: _score(f, h, heard, hits)) for i, (h, fs) in parts.items()}
    sure = [i for i, f in sorted(strong.items()) if f.weight >= SURE]
    if len({strong[i].event for i in sure}) < 2 or len({f.event for f in strong.values()}) < len(strong):
        return [(head, hits)]
    return [parts[i] for i in sure]


def _is_part(token: Token) -> bool:
    """Whether a verb heads a part of a clause that may tell an event of its own."""
    if token.pos_ not in {"VERB", "AUX"} or token.head.pos_ not in {"VERB", "AUX"}:
        return False
    if token.dep_ == "conj":
        return True
    if token.dep_ != "advcl":
        return False
    if token.tag_ == "VBG" and token.i > token.head.i and _bare(token):
        return True
    return any(c.dep_ in SUBJECTS for c in token.children) and any(
        c.dep_ in {"mark", "advmod"} and c.lower_ in TIMING for c in token.children
    )


def _bare(participle: Token) -> bool:
    """Whether a participle tells what else was done (`…, executing ten of them`), with neither conjunction nor preposition."""
    return not any(
        c.dep_ in {"mark", "advmod", "prep"} and c.i < participle.i for c in participle.children if c.tag_ != "RB"
    )


def again(
    line: Line, coder: Coder, claims: list[Claim], start: int, found: list[Candidate], heard: Heard
) -> list[Candidate]:
    """A sentence that takes up the event spoken of before: `is notorious for this practice`, `denied this`, `we have no such units`.

    It counts where the sentence tells nothing else; a denial also where its words were only taken for an answer.
    """
    if not line.tokens or not claims:
        return []
    context = {e.code for e in coder.book.events if e.context}
    if any(c.found.event not in context for c in found):
        return []
    for match in (m for p in coder.again for m in find(p, line)):
        tokens = tuple(line.tokens[i] for i in match.words)
        denies = tokens[0].lemma_.lower() in DENYING
        denied = denies or tokens[0].lower_ in NOTHING
        if found and not (denied and {t.i for t in tokens} & {t.i for c in found for t in c.clause}):
            continue
        things = tuple(t for t in tokens if t.dep_ in {"dobj", "nsubjpass", "xcomp"}) if denies else tokens
        if not things:
            continue  # `denied that …` says itself what is denied
        thing = top(things)
        meant = _antecedent(claims, thing, start, context | (NOT_DENIED if denied else set()), heard)
        if meant is None:
            continue
        event = coder.book.event(meant.event)
        told = Found(event.code, thing, (thing,) if denies else tokens, LEAST, event.rank, "denied" if denied else None)
        clause = clause_tokens(clause_head(thing))
        begin, end = longest_run(clause, thing.i)
        return [Candidate(told, tuple(t for t in clause if begin <= t.idx < end), begin, end, None, 1, line)]
    return []


def _antecedent(claims: list[Claim], thing: Token, start: int, barred: set[str], heard: Heard) -> Claim | None:
    """The claim that a word takes up: one near before that the word may tell of or that holds it, else the last one."""
    near = [c for c in claims if start - c.end <= FAR and c.event not in barred]
    if not near:
        return None
    likely = max(near, key=lambda c: heard.chance_of(thing, c.event))
    if heard.chance_of(thing, likely.event) >= FAINT:
        return likely
    named = [c for c in near if thing.pos_ == "NOUN" and thing.lemma_.lower() in c.quote.lower()]
    return (named or near)[-1]


def _score(found: Found, head: Token, heard: Heard, hits: list[Found]) -> float:
    score = found.weight + RANK_STEP * found.rank - DEPTH_STEP * _depth(found, head)
    score += HEARD_STEP * heard.chance(found)
    score -= REASON_STEP if _is_reason(found.head) else 0.0
    return score - (ASIDE_STEP if _says_who(found.head, hits) else 0.0)


def _verbs(hits: Iterable[Found]) -> frozenset[int]:
    """The verbs that tell an event."""
    return frozenset(f.head.i for f in hits if f.head.pos_ in {"VERB", "AUX"})


def _frames(hits: Iterable[Found]) -> frozenset[int]:
    """The verbs that tell an event, and those of whose subjects and objects one is told (`a cellar holds those who …`)."""
    return _verbs(hits) | {f.head.head.i for f in hits if f.head.dep_ in {"nsubj", "nsubjpass", "dobj"}}


def _says_who(token: Token, hits: list[Found]) -> bool:
    """Whether a word only says who does what another of the `hits` tells, or to whom (`locked up those who had refused`)."""
    if token.pos_ in {"NOUN", "PROPN"}:
        return token.dep_ == "nsubj" and token.head.i in _verbs(hits)
    while token.head.i != token.i:
        if token.dep_ == "relcl":
            verb = next((a for a in token.head.ancestors if a.pos_ in {"VERB", "AUX"}), token)
            return verb.i in _frames(hits)
        token = token.head
    return False


def _holds(outer: Found, inner: Found) -> bool:
    """Whether one event's words take in another's (`sentenced for desertion` is no desertion)."""
    return (
        outer.event != inner.event
        and outer.head.i != inner.head.i
        and outer.weight >= SURE
        and not _is_part(inner.head)
        and any(t.i == inner.head.i for t in outer.tokens)
        and outer.head.i
        in {a.i for a in inner.head.ancestors} | ({outer.tokens[-1].i} if outer.event == "prosecution" else set())
    )


def _is_reason(token: Token) -> bool:
    """Whether an event is told as the reason for another (`beaten after refusing`, `sentenced for desertion`)."""
    if any(c.dep_ == "mark" and c.lower_ == "because" for c in token.children):
        return True
    return any(t.dep_ in {"pcomp", "pobj"} and t.head.lower_ in {"for", "after", "over"} for t in (token, token.head))


def _depth(found: Found, head: Token) -> int:
    """Steps from the event's word up to the verb of its clause."""
    depth = 0
    token = found.head
    while token.i not in {head.i, token.head.i}:
        token, depth = token.head, depth + 1
    return depth


def _addresses_reader(head: Token) -> bool:
    """Whether an imperative outside anybody's speech bids the reader do something (`Ignore all that was said before`): it tells no event."""
    return head.tag_ == "VB" and head.dep_ == "ROOT" and not any(c.dep_ in {*SUBJECTS, "aux"} for c in head.children)


def _attributive(found: Found) -> bool:
    """Whether the event's word only describes a noun (`the occupied city`, `captured soldiers`)."""
    return found.head.dep_ == "amod" and found.head.tag_ in {"VBN", "VBD", "VBG"} and len(found.tokens) < 3
