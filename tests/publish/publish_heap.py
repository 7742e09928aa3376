"""A small invented case as tables, for the tests of what people see."""

from __future__ import annotations

from leadline import schema as s

TEXT_A = (
    "Soldiers of the 14th brigade refused an order\n\n"
    "A soldier of the 14th brigade, Ivo Karan, said his company refused to attack on Monday, according to a call "
    "released by the Veshan Military Intelligence. <script>alert(1)</script> The Harbour Post could not verify the recording.\n\n"
    "Load more articles"
)
TEXT_D = "Солдат Ростан Велик отказался идти вперёд, рассказала его мать."
TEXT_B = "Karan and about forty others refused to fight, the Veshan Military Intelligence said. \u202eevil\u202c IVO KARAN IS FREE"


def span(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def claim(document: str, text: str, words: str, n: int, **more: object) -> s.Claim:
    start, end = span(text, words)
    base = {"event": "refusal", "realis": "actual", "medium": "intercepted-call", "verification": "could-not-verify"}
    return s.Claim(
        claim_id=f"{document}#c{n}", document=document, start=start, end=end, quote=text[start:end], **{**base, **more}
    )  # type: ignore[arg-type]


def tables() -> dict[s.Table, list[s.Record]]:
    """Three documents, one of them not read, three claims, two origins released by one body, one incident, one refused item."""
    hop = s.Hop(
        name="the Veshan Military Intelligence",
        canonical="Veshan Military Intelligence",
        cue="released by",
        start=None,
        end=None,
    )
    soldier = s.Hop(name="Ivo Karan", canonical="Ivo Karan", cue="said", start=None, end=None)
    place = s.Place(name="Oldmarsh", lat=10.1234, lon=-40.6543, precision_m=2000.0, gazetteer_id="x1")
    a1 = claim(
        "a.txt",
        TEXT_A,
        "his company refused to attack on Monday",
        1,
        chain=(hop, soldier),
        places=(place,),
        number=s.Number(low=30, high=None, unit="soldiers"),
    )
    a2 = claim(
        "a.txt",
        TEXT_A,
        "Soldiers of the 14th brigade refused an order",
        2,
        chain=(),
        medium="not-stated",
        verification="not-stated",
    )
    b1 = claim(
        "b.txt",
        TEXT_B,
        "about forty others refused to fight",
        1,
        chain=(hop,),
        estimative=s.Estimative(phrase="probably", low=0.55, high=0.75, scale="PHIA"),
    )
    person = s.PersonMention(
        document="a.txt",
        start=span(TEXT_A, "Ivo Karan")[0],
        end=span(TEXT_A, "Ivo Karan")[1],
        name="Ivo Karan",
        role="a soldier",
    )
    person_b = s.PersonMention(document="b.txt", start=0, end=5, name="Karan", role="a soldier")
    tie = s.Evidence(
        rule="same-releaser",
        note="both were released by Veshan Military Intelligence, as a.txt says",
        document="a.txt",
        start=0,
        end=8,
        quote="Soldiers",
    )
    origins = [
        s.Origin(
            origin_id="o1",
            kind="call",
            medium="intercepted-call",
            speaker="Ivo Karan",
            released_by="Veshan Military Intelligence",
            documents=("a.txt",),
            claims=(a1.claim_id,),
            evidence=(tie,),
        ),
        s.Origin(
            origin_id="o2",
            kind="statement",
            medium="official-statement",
            speaker="Veshan Military Intelligence",
            released_by="Veshan Military Intelligence",
            documents=("b.txt",),
            claims=(b1.claim_id,),
        ),
    ]
    incident = s.Incident(
        incident_id="i1", event="refusal", claims=(a1.claim_id, a2.claim_id, b1.claim_id), documents=("a.txt", "b.txt"), origins=("o1", "o2"),
        n_documents=2, n_series=2, n_origins=2, n_independent=1, place=place,
        lines=(s.EvidenceLine(origins=("o1", "o2"), reason="released by one body: Veshan Military Intelligence"),),
        conflicts=(s.Conflict(field="number", values=("at least 30 soldiers", "about 40"), claims=(a1.claim_id, b1.claim_id)),),
    )  # fmt: skip
    furniture = span(TEXT_A, "Load more articles")
    return {
        s.DOCUMENTS: [
            s.Document(
                document="a.txt",
                sha256="0" * 64,
                text=TEXT_A,
                title="=Refused",
                publisher="The Harbour Post",
                series="the-harbour-post",
                language="en",
                boilerplate=(furniture,),
            ),
            s.Document(document="b.txt", sha256="1" * 64, text=TEXT_B, series="b.txt", language="en"),
            s.Document(
                document="d.txt", sha256="3" * 64, text=TEXT_D, title="Ростан Велик", series="d.txt", language="ru"
            ),
        ],
        s.REFUSALS: [
            s.Refusal(document="call_with_ivo-karan.bin", sha256=None, size=3, reason="a ZIP archive; expected text")
        ],
        s.UNREAD: [s.Unread(document="d.txt", reason="the text is in Russian (ru); only English is read")],
        s.CLAIMS: [a1, a2, b1],
        s.PERSONS: [person, person_b],
        s.CARRIERS: [s.Carrier(document="a.txt", carrier_kind="unknown")],
        s.RELATIONS: [
            s.Relation(
                document="a.txt", other="b.txt", kind="quotes", direction="to", share=0.2, score=0.7, evidence=(tie,)
            )
        ],
        s.ORIGINS: origins,
        s.CLAIM_ORIGINS: [
            s.ClaimOrigin(claim_id=a1.claim_id, origin_id="o1"),
            s.ClaimOrigin(claim_id=b1.claim_id, origin_id="o2"),
        ],
        s.ORIGIN_TIES: [s.OriginTie(origin_l="o1", origin_r="o2", reason="same-releaser", evidence=(tie,))],
        s.PAIRS: [
            s.Pair(
                claim_l=a1.claim_id,
                claim_r=b1.claim_id,
                probability=0.93,
                weight=3.7,
                features=(s.PairFeature(field="event", left="refusal", right="refusal", level="equal", weight=2.0),),
            )
        ],
        s.INCIDENTS: [incident],
        s.ESTIMATES: [
            s.Estimate(
                observed=1, lists=(), estimable=False, reasons=("There are no lists: at least three are needed.",)
            )
        ],
    }
