"""Who says it, through what, whether it is checked and told as real: the passages of `voices.txt`, written by kind of difficulty."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from leadline.extract.reading import read_document
from leadline.publish.redact import Names
from leadline.schema import Document

FIELDS = ("chain", "medium", "verification", "realis")
GIVEN = {"Viktor", "Sofia", "Marten", "Emil", "Nadia Horn", "Rita Sorn", "Ivo Mark"}
"""Persons who speak in the passages and whom the recogniser passes over."""
MISSED = "!"
"""Behind what is known to come out otherwise: the test fails when it no longer does."""


class Wanted(NamedTuple):
    """What is expected of one field of the claim that holds `words`."""

    kind: str
    text: str
    publisher: str | None
    words: str
    field: str
    value: str
    missed: bool


def passages() -> list[Wanted]:
    """Every expectation of `voices.txt`."""
    found: list[Wanted] = []
    lines = (Path(__file__).parent / "voices.txt").read_text(encoding="utf-8")
    for part in lines.split("\n== ")[1:]:
        kind, _, rest = part.partition("\n")
        rows = rest.splitlines()
        publisher = next((r.removeprefix("publisher: ") for r in rows if r.startswith("publisher: ")), None)
        text = "\n".join(r for r in rows if not r.startswith((">", "publisher: "))).strip()
        for row in (r for r in rows if r.startswith(">")):
            words, *values = (x.strip() for x in row[1:].split("|"))
            found += [
                Wanted(kind, text, publisher, words, field, value.removesuffix(MISSED), value.endswith(MISSED))
                for field, value in zip(FIELDS, values, strict=True)
                if value not in {"-", "*"}
            ]
    return found


def agrees(claim, field: str, value: str) -> bool:
    """Whether a claim has the expected value; a chain has it hop by hop, each by words of its name."""
    if field != "chain":
        return getattr(claim, field) == value
    wanted = [h.strip().lower() for h in value.split(";") if h.strip()]
    named = [f"{h.canonical} {h.name}".lower() for h in claim.chain]
    return len(wanted) == len(named) and all(w in n for w, n in zip(wanted, named, strict=True))


def test_no_person_of_a_chain_is_printed(resources):
    """Whoever speaks under a name is masked by the persons of the document: what stands in a chain is printed on pages."""
    printed, seen = [], set()
    for text, publisher in {c.text: c.publisher for c in passages()}.items():
        given = {n for n in GIVEN if n in text}
        if not given:
            continue
        d = Document(document="d", sha256="", text=text, series="d", language="en", publisher=publisher)
        reading = read_document(d, resources)
        heard = {h.canonical for c in reading.claims for h in c.chain} & given
        printed += [n for n in heard if Names(reading.persons).mask(n) == n]
        seen |= heard
    assert seen == GIVEN
    assert not printed


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            c,
            id=f"{c.kind}-{c.field}-{c.words[:30]}",
            marks=pytest.mark.xfail(reason="not read yet") if c.missed else (),
        )
        for c in passages()
    ],
)
def test_passages(case, claims):
    start = case.text.index(case.words)
    end = start + len(case.words)
    held = [(min(end, c.end) - max(start, c.start), c) for c in claims(case.text, publisher=case.publisher)]
    overlap, claim = max(held, key=lambda x: (x[0], x[1].start - x[1].end), default=(0, None))
    assert overlap > 0, "no claim there"
    told = [h.canonical for h in claim.chain] if case.field == "chain" else getattr(claim, case.field)
    assert agrees(claim, case.field, case.value), told
