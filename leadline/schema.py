"""Every record and table of a case: the only thing that stages share.

A record is a frozen struct; each field carries the sentence that the data dictionary prints. A table is a named,
ordered collection of one kind of record, written by one stage. Offsets are code points into the document's full text,
end exclusive. Unknown is null, never a stand-in value.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

import msgspec

from leadline.errors import LeadlineError

Span = tuple[int, int]
Spans = tuple[Span, ...]

Realis = Literal["actual", "ordered", "threatened", "possible", "generic", "denied"]
Medium = Literal[
    "intercepted-call", "video", "audio", "testimony", "social-post", "official-statement",
    "intelligence-assessment", "investigation", "document", "analysis", "not-stated",
]  # fmt: skip
Verification = Literal["verified", "could-not-verify", "unverified", "disputed", "not-stated"]
CarrierKind = Literal["original", "copy", "excerpt", "translation", "rewrite", "aggregate", "unknown"]
RelationKind = Literal["copy", "excerpt", "translation", "rewrite", "passage", "quotes", "cites"]
Direction = Literal["from", "to", "unknown"]
Reliance = Literal["releases", "quotes", "cites", "copies", "relays", "owner"]
Decision = Literal["same", "different", "accept", "correct", "reject"]
REALIS: tuple[str, ...] = get_args(Realis)
MEDIA: tuple[str, ...] = get_args(Medium)
VERIFICATION: tuple[str, ...] = get_args(Verification)
UNNAMED_KINDS = frozenset({"reports", "unnamed"})
"""Kinds of origin that stand for a lineage nobody names: they count as no origin and no line of evidence."""
CARRIER_KINDS: tuple[str, ...] = get_args(CarrierKind)


def _d(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records."""


# -- parts ------------------------------------------------------------------------------------------------------------


class Evidence(Record, frozen=True, kw_only=True):
    """Why something is asserted: a rule's name, a sentence for people, and the words it rests on."""

    rule: Annotated[str, _d("short name of the rule that applied")]
    note: Annotated[str, _d("the reason in one sentence, for people")]
    document: Annotated[str | None, _d("document whose words are quoted, if any")] = None
    start: Annotated[int | None, _d("start of those words")] = None
    end: Annotated[int | None, _d("end of those words")] = None
    quote: Annotated[str | None, _d("those words")] = None


class Published(Record, frozen=True, kw_only=True):
    """When a document was published, and how that is known."""

    start: Annotated[str, _d("first possible day, ISO date")]
    end: Annotated[str, _d("last possible day, ISO date")]
    basis: Annotated[
        Literal["stated", "given", "inferred"],
        _d("stated in the text or markup, given by the collector, or inferred from the text"),
    ]
    evidence: Annotated[str, _d("the words or the file the date was read from")]


class HeaderField(Record, frozen=True, kw_only=True):
    """What a line above the article was read as."""

    field: Annotated[
        Literal["publisher", "credited", "published", "author", "url", "title"], _d("what the words were read as")
    ]
    start: Annotated[int, _d("start of the words")]
    end: Annotated[int, _d("end of the words")]
    quote: Annotated[str, _d("the words, equal to the text at the offsets")]


class Hop(Record, frozen=True, kw_only=True):
    """One source in a chain of attribution."""

    name: Annotated[str, _d("the source as the text names it")]
    canonical: Annotated[str, _d("the name in the source register, or the resolved noun phrase where it has no entry")]
    cue: Annotated[str, _d("the words that attribute (said, according to)")]
    start: Annotated[int | None, _d("start of the source's words; null where the source is resolved from elsewhere")]
    end: Annotated[int | None, _d("end of the source's words")]


class Number(Record, frozen=True, kw_only=True):
    """A count with its bounds."""

    low: Annotated[float | None, _d("lower bound; null where only an upper bound is stated")]
    high: Annotated[float | None, _d("upper bound; null for `more than`")]
    unit: Annotated[str, _d("what is counted, with the rate where there is one (`men per day`)")]


class Estimative(Record, frozen=True, kw_only=True):
    """A word of estimative probability and what it means on the speaker's own scale."""

    phrase: Annotated[str, _d("the word or phrase")]
    low: Annotated[float | None, _d("lower probability on the scale; null where the speaker uses no published scale")]
    high: Annotated[float | None, _d("upper probability on the scale")]
    scale: Annotated[str | None, _d("name of the scale")]


class Place(Record, frozen=True, kw_only=True):
    """Where the event was, as far as the text says."""

    name: Annotated[str, _d("the place as the text names it")]
    lat: Annotated[float | None, _d("latitude, WGS 84; null when unknown")]
    lon: Annotated[float | None, _d("longitude, WGS 84; null when unknown")]
    precision_m: Annotated[float | None, _d("radius in metres within which the point is meant; null when unknown")]
    gazetteer_id: Annotated[str | None, _d("entry in the gazetteer; null when unresolved")]


class TimeInterval(Record, frozen=True, kw_only=True):
    """When the event was."""

    start: Annotated[str | None, _d("first day, ISO date; null when open")]
    end: Annotated[str | None, _d("last day, ISO date; null when open")]
    phrase: Annotated[str, _d("the words it was read from")]


class FieldSpan(Record, frozen=True, kw_only=True):
    """The words from which one field of a claim was read."""

    field: Annotated[str, _d("name of the field")]
    start: Annotated[int, _d("start of the words")]
    end: Annotated[int, _d("end of the words")]


# -- 1 ingest ---------------------------------------------------------------------------------------------------------


class Document(Record, frozen=True, kw_only=True):
    """One preserved item."""

    document: Annotated[
        str, _d("file name relative to the given folder, or the id given in the input; unique in the case")
    ]
    sha256: Annotated[str, _d("SHA-256 of the original bytes")]
    text: Annotated[str, _d("the decoded text, complete; all offsets count code points in it")]
    title: Annotated[str | None, _d("headline, where one is marked or stands on top")] = None
    publisher: Annotated[str | None, _d("outlet or channel that published this document")] = None
    origin_publisher: Annotated[str | None, _d("outlet that the text itself credits as its original")] = None
    series: Annotated[
        str, _d("key of the outlet or channel, within which reuse is not news; the document itself where unknown")
    ]
    language: Annotated[str | None, _d("ISO 639-1 code of the text's main language")] = None
    published: Annotated[Published | None, _d("when it was published; null when unknown")] = None
    boilerplate: Annotated[Spans, _d("spans of page furniture and foreign tails, which feed no claim")] = ()
    foreign: Annotated[
        Spans, _d("those parts of the boilerplate that are words of other articles: tails, teasers, links")
    ] = ()
    media_type: Annotated[str, _d("what the original was read as")] = "text/plain"
    encoding: Annotated[str | None, _d("character encoding the bytes were decoded with")] = None
    url: Annotated[str | None, _d("address the text or markup states for itself")] = None
    heading: Annotated[
        tuple[HeaderField, ...], _d("what the lines above the article were read as, each with its words")
    ] = ()


class Refusal(Record, frozen=True, kw_only=True):
    """One item that could not be read, and why."""

    document: Annotated[str, _d("name of the item, with control characters escaped")]
    sha256: Annotated[str | None, _d("SHA-256 of its bytes, where they could be read")]
    size: Annotated[int | None, _d("its size in bytes")]
    reason: Annotated[str, _d("what was found, what was expected, what to do")]


# -- 2 extract --------------------------------------------------------------------------------------------------------


class Attribution(Record, frozen=True, kw_only=True):
    """Who says what: three linked span lists (PARC / PolNeAR)."""

    attribution_id: Annotated[str, _d("id, unique in the case")]
    document: Annotated[str, _d("document it stands in")]
    source: Annotated[Spans, _d("spans of the source; empty where none is named")]
    cue: Annotated[Spans, _d("spans of the cue")]
    content: Annotated[Spans, _d("spans of what is attributed")]
    parent: Annotated[str | None, _d("attribution inside whose content this one stands")] = None
    kind: Annotated[Literal["direct", "indirect", "mixed"], _d("quoted, reported, or both")] = "indirect"
    speaker: Annotated[
        str | None, _d("the source resolved within the text: a name or full noun phrase instead of `he`, `the agency`")
    ] = None


class Claim(Record, frozen=True, kw_only=True):
    """One coded statement, as extracted; its origin and incident stand in later tables."""

    claim_id: Annotated[str, _d("id, unique in the case")]
    document: Annotated[str, _d("document it stands in")]
    start: Annotated[int, _d("start of the claim's words")]
    end: Annotated[int, _d("end of the claim's words")]
    quote: Annotated[str, _d("the claim's words, equal to the text at the offsets")]
    event: Annotated[str, _d("event code of the codebook")]
    realis: Annotated[
        Realis, _d("whether the event is told as actual, ordered, threatened, possible, generic or denied")
    ]
    medium: Annotated[Medium, _d("what carries the claim at its origin")]
    verification: Annotated[Verification, _d("what the text says about checking it")]
    chain: Annotated[
        tuple[Hop, ...], _d("the sources that the text attributes the claim to, outermost first, speaker last")
    ] = ()
    attribution_id: Annotated[str | None, _d("the innermost attribution the claim stands in")] = None
    number: Annotated[Number | None, _d("the count the claim states")] = None
    estimative: Annotated[Estimative | None, _d("estimative language that governs the claim")] = None
    places: Annotated[tuple[Place, ...], _d("where the event was")] = ()
    time: Annotated[TimeInterval | None, _d("when the event was")] = None
    historical: Annotated[bool, _d("true for events outside the document's own period")] = False
    unit: Annotated[str | None, _d("military unit, in its canonical form")] = None
    actor: Annotated[str | None, _d("side or group whose conduct the claim is about")] = None
    spans: Annotated[tuple[FieldSpan, ...], _d("for each field the words it was read from")] = ()
    confidence: Annotated[float, _d("probability that a careful reader would code this claim the same way")] = 0.5


class TimeMention(Record, frozen=True, kw_only=True, rename={"start_day": "from", "end_day": "to"}):
    """One time expression in a document."""

    document: Annotated[str, _d("document it stands in")]
    start: Annotated[int, _d("start of the words")]
    end: Annotated[int, _d("end of the words")]
    value: Annotated[str, _d("TIMEX3 value")]
    start_day: Annotated[str | None, _d("first day, ISO date; null when open or unresolved")] = None
    end_day: Annotated[str | None, _d("last day, ISO date; null when open or unresolved")] = None


class PlaceMention(Record, frozen=True, kw_only=True):
    """One place name in a document."""

    document: Annotated[str, _d("document it stands in")]
    start: Annotated[int, _d("start of the words")]
    end: Annotated[int, _d("end of the words")]
    name: Annotated[str, _d("the words")]
    lat: Annotated[float | None, _d("latitude, WGS 84; null when unresolved")] = None
    lon: Annotated[float | None, _d("longitude, WGS 84; null when unresolved")] = None
    precision_m: Annotated[float | None, _d("radius in metres within which the point is meant")] = None
    gazetteer_id: Annotated[str | None, _d("entry in the gazetteer; null when unresolved")] = None


class PersonMention(Record, frozen=True, kw_only=True):
    """One mention of a person's name, so that pages can show a role in its place."""

    document: Annotated[str, _d("document it stands in")]
    start: Annotated[int, _d("start of the name")]
    end: Annotated[int, _d("end of the name")]
    name: Annotated[str, _d("the name as it stands there")]
    role: Annotated[str, _d("what is printed instead of the name (`a soldier`, `a relative`, `a person`)")]
    source_id: Annotated[str | None, _d("entry in the source register; null where the person has none")] = None


class Unread(Record, frozen=True, kw_only=True):
    """One document that was preserved but not read for claims, and why."""

    document: Annotated[str, _d("the document")]
    reason: Annotated[str, _d("another language, no text, or what went wrong")]


# -- 3 trace ----------------------------------------------------------------------------------------------------------


class Carrier(Record, frozen=True, kw_only=True):
    """What kind of carrier a document is."""

    document: Annotated[str, _d("the document")]
    carrier_kind: Annotated[CarrierKind, _d("original, copy, excerpt, translation, rewrite, aggregate or unknown")]
    carrier_evidence: Annotated[tuple[Evidence, ...], _d("what shows it")] = ()


class Relation(Record, frozen=True, kw_only=True):
    """One document passes on what another holds."""

    document: Annotated[str, _d("the document, by id the smaller one")]
    other: Annotated[str, _d("the other document")]
    kind: Annotated[RelationKind, _d("how the two are related")]
    direction: Annotated[
        Direction,
        _d("`from`: the document took from the other; `to`: the other took from it; unknown where nothing shows it"),
    ]
    share: Annotated[float, _d("share of the taking (else of the shorter) document that is taken")]
    score: Annotated[float, _d("strength of the evidence, 0 to 1")]
    evidence: Annotated[tuple[Evidence, ...], _d("what shows it")] = ()


class Origin(Record, frozen=True, kw_only=True):
    """The end of a chain: one call, video, statement, investigation, document."""

    origin_id: Annotated[str, _d("id, unique in the case")]
    kind: Annotated[
        str,
        _d(
            "call, video, audio, statement, assessment, investigation, testimony, post, document, reports, analysis, unnamed"
        ),
    ]
    medium: Annotated[Medium, _d("its medium")]
    speaker: Annotated[str | None, _d("who speaks in it, canonical")] = None
    released_by: Annotated[str | None, _d("body that released or collected it, canonical")] = None
    date: Annotated[str | None, _d("day or interval of its release, ISO, `start/end` where not one day")] = None
    documents: Annotated[tuple[str, ...], _d("documents that carry it")] = ()
    claims: Annotated[tuple[str, ...], _d("claims that rest on it")] = ()
    evidence: Annotated[tuple[Evidence, ...], _d("why these claims go back to one origin")] = ()


class ClaimOrigin(Record, frozen=True, kw_only=True):
    """The origin a claim goes back to; a claim of unnamed lineage has one of kind `reports` or `unnamed`, which counts as no line."""

    claim_id: Annotated[str, _d("the claim")]
    origin_id: Annotated[str, _d("its origin")]


class OriginTie(Record, frozen=True, kw_only=True):
    """Two origins that are not independent of each other."""

    origin_l: Annotated[str, _d("one origin, by id the smaller")]
    origin_r: Annotated[str, _d("the other")]
    reason: Annotated[str, _d("same-releaser, same-owner, rests-on, same-speaker")]
    evidence: Annotated[tuple[Evidence, ...], _d("what shows it")] = ()
    through: Annotated[str | None, _d("the body or owner that both go back to, its id in the register or its name")] = (
        None
    )


class SourceEdge(Record, frozen=True, kw_only=True):
    """One source relies on another: an edge of the source graph."""

    relying: Annotated[
        str,
        _d(
            "who relies: its id in the source register, else its folded name; `document:` and the document where its publisher is unknown"
        ),
    ]
    relying_name: Annotated[str, _d("its name")]
    relying_kind: Annotated[str, _d("its kind in the source register, else publisher, body or document")]
    relied_on: Annotated[str, _d("on whom")]
    relied_on_name: Annotated[str, _d("its name")]
    relied_on_kind: Annotated[str, _d("its kind")]
    kind: Annotated[
        Reliance,
        _d(
            "releases: passes on what the other released; quotes, cites: names the other medium, in its words or not; copies: took its text; relays: has it through the other; owner: belongs to it"
        ),
    ]
    directed: Annotated[bool, _d("false where two took from each other and nothing shows which")] = True
    n_claims: Annotated[int, _d("claims that show it")] = 0
    n_documents: Annotated[int, _d("documents that show it")] = 0
    ring: Annotated[
        str | None, _d("the smallest id of the ring of sources that rely on each other, null where the edge is in none")
    ] = None
    n_circular: Annotated[
        int, _d("of these claims those attributed in a ring that begins nowhere: circular reporting")
    ] = 0
    evidence: Annotated[tuple[Evidence, ...], _d("what shows it, at most three pieces")] = ()


# -- 4 link -----------------------------------------------------------------------------------------------------------


class PairFeature(Record, frozen=True, kw_only=True):
    """What one comparison contributes to a pair's score."""

    field: Annotated[str, _d("what was compared")]
    left: Annotated[str, _d("value of the first claim")]
    right: Annotated[str, _d("value of the second claim")]
    level: Annotated[str, _d("label of the agreement level")]
    weight: Annotated[float, _d("match weight, log2 of the Bayes factor")]


class Pair(Record, frozen=True, kw_only=True):
    """Two claims that were compared."""

    claim_l: Annotated[str, _d("one claim, by id the smaller")]
    claim_r: Annotated[str, _d("the other")]
    probability: Annotated[float, _d("posterior probability that both concern one incident")]
    weight: Annotated[float, _d("total match weight, log2")]
    features: Annotated[tuple[PairFeature, ...], _d("what each comparison contributes")] = ()


class PartitionDraw(Record, frozen=True, kw_only=True):
    """One claim's place in one posterior draw of the partition; a claim that tells of several incidents has a row for each."""

    draw: Annotated[int, _d("number of the draw")]
    claim_id: Annotated[str, _d("the claim")]
    cluster: Annotated[
        str,
        _d(
            "a claim that stands for the cluster in this draw and is in no other, the smallest where no claim is in several"
        ),
    ]


class Conflict(Record, frozen=True, kw_only=True):
    """Sources that disagree about one incident; each value is kept."""

    field: Annotated[str, _d("what they disagree about")]
    values: Annotated[tuple[str, ...], _d("the values")]
    claims: Annotated[tuple[str, ...], _d("a claim for each value")]


class EvidenceLine(Record, frozen=True, kw_only=True):
    """Origins of one incident that count as one independent line of evidence."""

    origins: Annotated[tuple[str, ...], _d("the origins")]
    reason: Annotated[str, _d("why they count as one, or `alone`")]


class Incident(Record, frozen=True, kw_only=True):
    """What linked claims are about."""

    incident_id: Annotated[str, _d("id, unique in the case")]
    event: Annotated[str, _d("event code")]
    claims: Annotated[tuple[str, ...], _d("its claims; one that tells of several places may be in several incidents")]
    documents: Annotated[tuple[str, ...], _d("documents they stand in")]
    origins: Annotated[tuple[str, ...], _d("origins they go back to")]
    n_documents: Annotated[int, _d("number of documents")]
    n_series: Annotated[int, _d("number of outlets or channels, as far as publishers are known")]
    n_origins: Annotated[int, _d("number of origins")]
    n_independent: Annotated[
        int, _d("number of independent lines of evidence that tell it: one that only denies it is none")
    ]
    n_no_publisher: Annotated[
        int, _d("number of its documents whose publisher is unknown, which are in no outlet's count")
    ] = 0
    lines: Annotated[
        tuple[EvidenceLine, ...],
        _d("the independent lines, those that only deny it too, each with the reason of its merges"),
    ] = ()
    place: Annotated[Place | None, _d("the most precise place that its claims name")] = None
    time: Annotated[TimeInterval | None, _d("the interval that its claims share, else their hull")] = None
    number: Annotated[Number | None, _d("what the counts of the same thing share, else their hull; see conflicts")] = (
        None
    )
    conflicts: Annotated[tuple[Conflict, ...], _d("disagreements, each value with a claim")] = ()
    historical: Annotated[bool, _d("true where its claims are about an earlier time")] = False
    is_single_event: Annotated[
        bool, _d("false for habitual or summary claims, which are no one incident and are on no list")
    ] = True
    carriers: Annotated[dict[str, int], _d("its documents by carrier kind: how many are copies, rewrites, …")] = (
        msgspec.field(default_factory=dict)
    )
    releasers: Annotated[tuple[str, ...], _d("bodies that released or collected its origins")] = ()
    credibility_ceiling: Annotated[
        int,
        _d(
            "best Admiralty credibility a person may give: 1 with two independent lines, else 2; a ceiling, not a grade"
        ),
    ] = 2
    ceiling_reason: Annotated[str, _d("why")] = ""


class ClaimSupport(Record, frozen=True, kw_only=True):
    """What stands behind one claim: the claims of its incident that agree with it, itself among them."""

    claim_id: Annotated[str, _d("the claim")]
    incident_id: Annotated[str, _d("its incident")]
    n_claims: Annotated[
        int, _d("claims of the incident of the same event and polarity whose count, if the claim has one, overlaps")
    ]
    n_documents: Annotated[int, _d("documents they stand in")]
    n_series: Annotated[int, _d("outlets or channels, as far as publishers are known")]
    n_origins: Annotated[int, _d("origins they go back to")]
    n_independent: Annotated[int, _d("independent lines of evidence")]
    n_no_publisher: Annotated[int, _d("number of these documents whose publisher is unknown")] = 0
    carriers: Annotated[dict[str, int], _d("the documents by carrier kind")]
    releasers: Annotated[tuple[str, ...], _d("bodies that released or collected the origins")]
    lines: Annotated[
        tuple[EvidenceLine, ...],
        _d(
            "the independent lines, each with the reason of its merges; of more than 100 the first, the incident has all"
        ),
    ]
    credibility_ceiling: Annotated[int, _d("best Admiralty credibility a person may give this claim")]
    ceiling_reason: Annotated[str, _d("why")]


# -- 5 estimate -------------------------------------------------------------------------------------------------------


class CaptureHistory(Record, frozen=True, kw_only=True):
    """The lists an incident is on."""

    incident_id: Annotated[str, _d("the incident")]
    stratum: Annotated[str, _d("stratum it is counted in")] = "all"
    lists: Annotated[tuple[str, ...], _d("lists (families of origins) that hold it")]


class ModelEstimate(Record, frozen=True, kw_only=True):
    """One model's answer, beside its assumption."""

    name: Annotated[
        str, _d("independence, chao, coverage, loglinear-bic, loglinear-stepwise, decomposable or latent-class")
    ]
    assumption: Annotated[str, _d("the identifying assumption in words")]
    n_hat: Annotated[
        float | None, _d("estimated total; the posterior median of a Bayesian model; null where it does not exist")
    ]
    lower: Annotated[float | None, _d("lower end of the interval")]
    upper: Annotated[float | None, _d("upper end of the interval; null where unbounded")]
    level: Annotated[float, _d("nominal coverage of the interval")] = 0.95
    diagnostics: Annotated[dict[str, Any], _d("what the model says about itself: rhat, ess, aic, tail mass")] = (
        msgspec.field(default_factory=dict)
    )


class Range(Record, frozen=True, kw_only=True):
    """The headline: the span of the models that pass."""

    lower: Annotated[float, _d("lower end")]
    upper: Annotated[float, _d("upper end")]


class Estimate(Record, frozen=True, kw_only=True):
    """A total with its assumptions, or not estimable and why."""

    stratum: Annotated[str, _d("stratum, `all` for the whole case")] = "all"
    observed: Annotated[int, _d("number of incidents on at least one list")]
    lists: Annotated[tuple[str, ...], _d("the lists")]
    estimable: Annotated[bool, _d("whether the gate lets a headline pass")]
    reasons: Annotated[tuple[str, ...], _d("why not, or what the range rests on")]
    range: Annotated[Range | None, _d("the headline range; null when not estimable")] = None
    models: Annotated[tuple[ModelEstimate, ...], _d("every model with its diagnostics, also when not estimable")] = ()
    settings: Annotated[dict[str, Any], _d("settings of the run")] = msgspec.field(default_factory=dict)
    versions: Annotated[dict[str, str], _d("versions of the programs")] = msgspec.field(default_factory=dict)
    input_sha256: Annotated[str, _d("digest of the capture histories")] = ""


# -- what people decided ----------------------------------------------------------------------------------------------


class Judgement(Record, frozen=True, kw_only=True):
    """A person's decision, found again in the claims as they are now."""

    seq: Annotated[int, _d("number of its entry in the ledger")]
    time: Annotated[str, _d("when it was made, UTC, ISO 8601")]
    by: Annotated[str, _d("who decided")]
    why: Annotated[str, _d("the reason given")]
    decision: Annotated[Decision, _d("same, different, accept, correct or reject")]
    about: Annotated[
        Literal["claim", "incident", "origin", "line"],
        _d(
            "what was judged: a claim, or whether two sides are one incident, one origin, one independent line of evidence"
        ),
    ]
    left: Annotated[tuple[str, ...], _d("the claims of the first side, as they are now called")]
    right: Annotated[tuple[str, ...], _d("the claims of the second side; empty where one claim was judged")] = ()
    field: Annotated[str | None, _d("the corrected field of a claim")] = None
    value: Annotated[str | None, _d("its corrected value, a code")] = None
    state: Annotated[
        Literal["applies", "undone", "lapsed", "overruled"],
        _d(
            "applies; undone by a later entry; lapsed where the claims it was about are no longer there; overruled where a later one contradicts it"
        ),
    ] = "applies"
    note: Annotated[str, _d("why it does not apply, or which part of it does not")] = ""


# -- tables -----------------------------------------------------------------------------------------------------------


class Table(msgspec.Struct, frozen=True):
    """A named collection of one kind of record, written by one stage.

    >>> CLAIMS.stage, CLAIMS.key
    ('extract', ('claim_id',))
    """

    name: str
    record: type[Record]
    stage: str
    key: tuple[str, ...]


DOCUMENTS = Table("documents", Document, "ingest", ("document",))
REFUSALS = Table("refusals", Refusal, "ingest", ("document",))
ATTRIBUTIONS = Table("attributions", Attribution, "extract", ("attribution_id",))
CLAIMS = Table("claims", Claim, "extract", ("claim_id",))
TIMES = Table("times", TimeMention, "extract", ("document", "start", "end"))
PLACES = Table("places", PlaceMention, "extract", ("document", "start", "end"))
PERSONS = Table("persons", PersonMention, "extract", ("document", "start", "end"))
UNREAD = Table("unread", Unread, "extract", ("document",))
CARRIERS = Table("carriers", Carrier, "trace", ("document",))
RELATIONS = Table("relations", Relation, "trace", ("document", "other", "kind"))
ORIGINS = Table("origins", Origin, "trace", ("origin_id",))
CLAIM_ORIGINS = Table("claim_origins", ClaimOrigin, "trace", ("claim_id",))
ORIGIN_TIES = Table("origin_ties", OriginTie, "trace", ("origin_l", "origin_r", "reason", "through"))
SOURCE_EDGES = Table("source_edges", SourceEdge, "trace", ("relying", "relied_on", "kind", "directed"))
PAIRS = Table("pairs", Pair, "link", ("claim_l", "claim_r"))
PARTITIONS = Table("partitions", PartitionDraw, "link", ("draw", "claim_id", "cluster"))
INCIDENTS = Table("incidents", Incident, "link", ("incident_id",))
CLAIM_SUPPORT = Table("claim_support", ClaimSupport, "link", ("claim_id",))
CAPTURE_HISTORIES = Table("capture_histories", CaptureHistory, "estimate", ("incident_id",))
ESTIMATES = Table("estimates", Estimate, "estimate", ("stratum",))
JUDGEMENTS = Table("judgements", Judgement, "ledger", ("seq",))
"""No stage writes it: it is what the ledger's judgements say of the claims as they are now (`leadline.judgements`)."""

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        DOCUMENTS,
        REFUSALS,
        ATTRIBUTIONS,
        CLAIMS,
        TIMES,
        PLACES,
        PERSONS,
        UNREAD,
        CARRIERS,
        RELATIONS,
        ORIGINS,
        CLAIM_ORIGINS,
        ORIGIN_TIES,
        SOURCE_EDGES,
        PAIRS,
        PARTITIONS,
        INCIDENTS,
        CLAIM_SUPPORT,
        CAPTURE_HISTORIES,
        ESTIMATES,
    )
}


def table(name: str) -> Table:
    """The table of that name.

    >>> table("claims") is CLAIMS
    True
    """
    tables = TABLES | {JUDGEMENTS.name: JUDGEMENTS}
    if name not in tables:
        raise LeadlineError(f"no table is called {name!r}", expected="one of " + ", ".join(tables))
    return tables[name]


def describe(record: type[msgspec.Struct]) -> list[tuple[str, str, str]]:
    """Name, type and description of every field of a record, for the data dictionary.

    >>> describe(Range)
    [('lower', 'number', 'lower end'), ('upper', 'number', 'upper end')]
    """
    info = msgspec.inspect.type_info(record)
    assert isinstance(info, msgspec.inspect.StructType)
    return [(f.encode_name, _type_name(f.type), _description(f.type)) for f in info.fields]


def _description(t: Any) -> str:
    return (t.extra_json_schema or {}).get("description", "") if isinstance(t, msgspec.inspect.Metadata) else ""


def _type_name(t: Any) -> str:
    i = msgspec.inspect
    match t:
        case i.Metadata():
            return _type_name(t.type)
        case i.UnionType():
            return " or ".join(_type_name(x) for x in t.types)
        case i.NoneType():
            return "null"
        case i.StrType():
            return "text"
        case i.IntType():
            return "integer"
        case i.FloatType():
            return "number"
        case i.BoolType():
            return "true/false"
        case i.LiteralType():
            return "one of " + ", ".join(str(v) for v in t.values)
        case i.VarTupleType() | i.ListType():
            return f"list of {_type_name(t.item_type)}"
        case i.TupleType():
            return "[start, end]"
        case i.DictType():
            return "object"
        case i.StructType():
            return t.cls.__name__
    return "any"
