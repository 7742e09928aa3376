"""Judgements as the ledger holds them: who decided what about which anchors, when and why."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from leadline.errors import CaseError
from leadline.judgements.anchors import Anchor
from leadline.ledger import Entry, Ledger
from leadline.schema import Decision

CORRECTABLE = ("event", "realis", "medium", "verification", "historical")
"""Coded fields. A place, time or number is read from words or is empty; who finds other words rejects the claim."""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """One decision; `undone` is the entry that took it back."""

    seq: int = 0
    time: str = ""
    decision: Decision
    about: Literal["claim", "incident", "origin", "line"]
    left: tuple[Anchor, ...]
    right: tuple[Anchor, ...] = ()
    field: str | None = None
    value: str | None = None
    by: str
    why: str
    undone: int | None = None

    def payload(self) -> dict[str, Any]:
        """What the ledger stores of it."""
        stored = msgspec.to_builtins(self)
        return {k: v for k, v in stored.items() if k not in ("seq", "time", "undone")}


class Undo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The payload that takes an earlier decision back."""

    undoes: int
    by: str
    why: str


def decided(ledger: Ledger) -> list[Decided]:
    """Every decision in the ledger, in order, with what was taken back.

    Raises `CaseError` for an entry that this version does not understand.
    """
    found: dict[int, Decided] = {}
    for e in ledger.entries("judgement"):
        one = _read(e)
        if isinstance(one, Undo):
            if one.undoes in found:
                found[one.undoes] = msgspec.structs.replace(found[one.undoes], undone=e.seq)
        else:
            found[e.seq] = one
    return [found[seq] for seq in sorted(found)]


def _read(e: Entry) -> Decided | Undo:
    try:
        if "undoes" in e.payload:
            return msgspec.convert(e.payload, Undo)
        return msgspec.convert({**e.payload, "seq": e.seq, "time": e.time}, Decided)
    except msgspec.ValidationError as error:
        raise CaseError(
            f"the judgement in entry {e.seq} cannot be read ({error})",
            expected="a judgement as this version of Leadline writes it",
            todo="open the case with the version that wrote it, or a newer one",
        ) from error
