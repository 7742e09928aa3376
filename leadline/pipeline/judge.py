"""A person's decision, from the command to the ledger.

What is named (claims, incidents, origins) is turned into anchors of the claims it holds; a decision that contradicts
earlier ones is refused with their entries; the next run reads it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from leadline import schema
from leadline.case import Case
from leadline.codebook import load_codebook
from leadline.engine import Engine
from leadline.errors import InputError
from leadline.judgements import Decided, decided, judged_claims, resolve_case
from leadline.judgements.anchors import Anchor, anchor
from leadline.judgements.conflicts import overruled
from leadline.judgements.entries import CORRECTABLE
from leadline.judgements.naming import as_it_is, near
from leadline.judgements.resolved import places_of
from leadline.ledger import Entry, Ledger
from leadline.pipeline.run import engine_of, provide_judgements
from leadline.schema import Claim, Incident, Origin

About = Literal["claim", "incident", "origin", "line"]


class _Named(msgspec.Struct, frozen=True):
    """What an id stands for: its kind and its claims."""

    kind: Literal["claim", "incident", "origin"]
    claims: tuple[str, ...]


def judge(
    folder: Path,
    decision: schema.Decision,
    ids: Sequence[str],
    *,
    by: str,
    why: str,
    origin: bool = False,
) -> Entry:
    """Record one decision and return its entry.

    `ids` are two claims, incidents or origins for `same` and `different`, claims for `accept` and `reject`, and one claim with
    FIELD=CODE for `correct`. Of two claims it is said whether they are one incident, with `origin` whether they go back to one
    origin. `different` of two origins says that they are independent lines of evidence.

    Raises `InputError` for unknown ids, an empty name or reason, a value the codebook does not have, and for a decision that
    contradicts earlier ones, naming their entries.
    """
    case = Case.open(folder)
    with Ledger.open(case.ledger_path) as ledger:
        engine = engine_of(case, ledger)
        provide_judgements(ledger, engine)
        made = _decision(case, engine, decision, ids, origin=origin)
        _say_who(by, why)
        made = msgspec.structs.replace(made, by=by.strip(), why=why.strip())
        _refuse_contradiction(ledger, engine, made)
        return ledger.append("judgement", made.payload())


def undo(folder: Path, seq: int, *, by: str, why: str) -> Entry:
    """Take the decision in entry `seq` back; both entries stay. Raises `InputError` where it is none or was taken back."""
    case = Case.open(folder)
    with Ledger.open(case.ledger_path) as ledger:
        meant = next((d for d in decided(ledger) if d.seq == seq), None)
        if meant is None or meant.undone is not None:
            raise InputError(
                f"entry {seq} is no judgement" if meant is None else f"entry {seq} was taken back by entry {meant.undone}",
                expected="the number of a judgement that stands",
                todo=f"`leadline judge {folder} list` shows them",
            )  # fmt: skip
        _say_who(by, why)
        return ledger.append("judgement", {"undoes": seq, "by": by.strip(), "why": why.strip()})


def _say_who(by: str, why: str) -> None:
    for option, text in (("--by", by), ("--why", why)):
        if not text.strip():
            raise InputError(
                f"{option} is missing or empty",
                expected="who decides, and why; the ledger keeps both",
                todo=f"{option} TEXT",
            )


def _decision(case: Case, engine: Engine, decision: schema.Decision, ids: Sequence[str], *, origin: bool) -> Decided:
    if decision in ("accept", "reject"):
        named = _all_claims(engine, ids, decision)
        return Decided(decision=decision, about="claim", left=_anchors(engine, named), by="", why="")
    if decision == "correct":
        if len(ids) != 2 or "=" not in ids[1]:
            raise InputError(
                f"correct {' '.join(ids)} cannot be read",
                expected="one claim and FIELD=CODE, for example event=threat",
            )
        (claim,) = _all_claims(engine, ids[:1], decision)
        field, _, value = ids[1].partition("=")
        _check_value(case, field, value)
        left = _anchors(engine, [claim])
        return Decided(decision="correct", about="claim", left=left, field=field, value=value, by="", why="")
    if len(ids) != 2:
        raise InputError(
            f"{decision} takes two ids, {len(ids)} were given", expected="two claims, incidents or origins"
        )
    one, other = (_named(engine, i) for i in ids)
    if one.kind != other.kind:
        raise InputError(f"{ids[0]} is a {one.kind} and {ids[1]} a {other.kind}", expected="two of one kind")
    if set(one.claims) & set(other.claims):
        raise InputError(f"{ids[0]} and {ids[1]} share claims", expected="two things that are told apart now")
    about: About = "incident"
    if one.kind == "origin":
        about = "origin" if decision == "same" else "line"
    elif origin:
        about = "origin"
    left, right = (_anchors(engine, x.claims) for x in (one, other))
    return Decided(decision=decision, about=about, left=left, right=right, by="", why="")


def _named(engine: Engine, asked: str) -> _Named:
    claims = list(engine.records(schema.CLAIMS, Claim))
    name = as_it_is(asked, claims)
    tables: tuple[tuple[Literal["claim", "incident", "origin"], dict[str, tuple[str, ...]]], ...] = (
        ("incident", {i.incident_id: i.claims for i in engine.records(schema.INCIDENTS, Incident)}),
        ("origin", {o.origin_id: o.claims for o in engine.records(schema.ORIGINS, Origin)}),
        ("claim", {c.claim_id: (c.claim_id,) for c in claims}),
    )
    for kind, held in tables:
        if name in held:
            return _Named(kind, held[name])
    similar = near(name, (x for _, held in tables for x in held if not _looks_like_a_digest(x)))
    raise InputError(
        f"nothing that can be judged is called {name!r}",
        expected="the id of a claim, incident or origin of the case as it is now",
        todo="did you mean " + ", ".join(similar)
        if similar
        else "`leadline why CASE claims` lists claims, `leadline why CASE incidents` and `origins` the others",
    )


def _looks_like_a_digest(name: str) -> bool:
    """Whether an id is a digest, of which no part means anything: one that is spelled nearly alike is another thing."""
    return re.fullmatch(r"[a-z]{0,3}-?[0-9a-f]{8,}", name) is not None


def _all_claims(engine: Engine, ids: Sequence[str], decision: str) -> list[str]:
    if not ids:
        raise InputError(f"{decision} names no claim", expected="one or more claims")
    found: list[str] = []
    for i in ids:
        named = _named(engine, i)
        if named.kind != "claim":
            raise InputError(
                f"{i} is an {named.kind}",
                expected=f"claims: what people {decision} is what a text says",
                todo=f"`leadline why CASE {i}` lists its claims",
            )
        found += named.claims
    return found


def _anchors(engine: Engine, claim_ids: Sequence[str]) -> tuple[Anchor, ...]:
    wanted = set(claim_ids)
    rejected = wanted - {c.claim_id for c in judged_claims(engine)}
    machine = [c for c in engine.records(schema.CLAIMS, Claim) if c.claim_id in rejected]
    claims = [*(c for c in judged_claims(engine) if c.claim_id in wanted), *machine]
    documents = {c.document for c in claims}
    held = engine.read(schema.DOCUMENTS, ["document", "sha256"]).to_pylist()
    places = places_of(engine, {row["sha256"] for row in held if row["document"] in documents})
    # the event and realis of an anchor are the machine's: they are what is found again
    as_coded = {c.claim_id: c for c in engine.records(schema.CLAIMS, Claim) if c.claim_id in wanted}
    made = []
    for c in sorted(claims, key=lambda c: c.claim_id):
        coded = as_coded[c.claim_id]
        a = anchor(c, places[c.document])
        made.append(msgspec.structs.replace(a, event=coded.event, realis=coded.realis))
    return tuple(made)


def _check_value(case: Case, field: str, value: str) -> None:
    codes = {
        "event": [e.code for e in load_codebook(case.settings.codebook or None).events],
        "realis": schema.REALIS,
        "medium": schema.MEDIA,
        "verification": schema.VERIFICATION,
        "historical": ("true", "false"),
    }
    if field not in codes:
        raise InputError(
            f"{field!r} cannot be corrected",
            expected="one of " + ", ".join(CORRECTABLE) + ": a place, time or number is read from words or is empty",
            todo="reject the claim where its words say something else",
        )
    if value not in codes[field]:
        raise InputError(f"{field} has no code {value!r}", expected="one of " + ", ".join(codes[field]))


def _refuse_contradiction(ledger: Ledger, engine: Engine, made: Decided) -> None:
    before = decided(ledger)
    new = 1 + max((d.seq for d in before), default=0)
    standing = {j.seq for j in resolve_case(before, engine) if j.state == "applies"}
    after = {j.seq: j for j in resolve_case([*before, msgspec.structs.replace(made, seq=new)], engine)}
    fallen = [after[s] for s in sorted(standing) if after[s].state == "overruled"]
    if fallen:
        clashes = overruled([j for j in after.values() if j.state in ("applies", "overruled")])
        seqs = {s for j in fallen for s in (j.seq, *clashes.get(j.seq, ()))} - {new}
        named = [after[s] for s in sorted(seqs)]
        raise InputError(
            f"this contradicts entries {', '.join(str(j.seq) for j in named)}" if len(named) > 1 else f"this contradicts entry {named[0].seq}",
            place="; ".join(f"{j.seq}: {j.decision}, by {j.by} on {j.time[:10]} ({j.why})" for j in named),
            expected="decisions that can stand together",
            todo="take one back with --undo, or leave this",
        )  # fmt: skip
