"""The records that templates read. Nothing in them names a person whom the pages hide."""

from __future__ import annotations

import msgspec

from leadline import schema
from leadline.publish.highlight import Segment


class HopView(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a chain, speaker first."""

    name: str
    as_named: str
    cue: str


class ClaimView(msgspec.Struct, frozen=True, kw_only=True):
    """One claim beside its words; `shown_id` is its id as pages may print it."""

    claim_id: str
    shown_id: str
    anchor: str
    document: str
    document_page: str
    publisher: str
    published: str
    context: tuple[Segment, ...]
    event: str
    realis: str
    medium: str
    verification: str
    hops: tuple[HopView, ...]
    facts: tuple[tuple[str, str], ...]
    has_named_lineage: bool
    incident_pages: tuple[str, ...]
    confidence: float
    reviewed: str = ""
    side: str = ""
    unit: str = ""
    support: schema.ClaimSupport | None = None
    number: schema.Number | None = None
    time: schema.TimeInterval | None = None


class ReasonView(msgspec.Struct, frozen=True, kw_only=True):
    """Why something is asserted, with the words."""

    note: str
    quote: str
    document: str
    page: str = ""


class OriginView(msgspec.Struct, frozen=True, kw_only=True):
    """One origin and the claims of one incident that rest on it; `grades` are those of its speaker and releaser."""

    origin_id: str
    title: str
    documents: tuple[str, ...]
    reasons: tuple[ReasonView, ...]
    claims: tuple[ClaimView, ...]
    kind: str = ""
    speaker: str = ""
    released_by: str = ""
    grades: tuple[tuple[str, str], ...] = ()
    carriers: tuple[str, ...] = ()  # ids of the documents that carry it to this incident
    more: int = 0


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """One independent line of evidence; `denies` where all that it says of the incident is that there was none."""

    reason: str
    ties: tuple[ReasonView, ...]
    origins: tuple[OriginView, ...]
    denies: bool


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a picture of disagreement: who says it, from where to where on the axis (0 to 100), which ends are open."""

    who: str
    said: str
    left: float
    width: float
    open_left: bool
    open_right: bool
    denied: bool
    page: str


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """What sources disagree about, side by side; `rows` where the values can be drawn on one axis."""

    field: str
    values: tuple[str, ...]
    sides: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()  # each value with who says so and where
    rows: tuple[Gap, ...] = ()
    first: str = ""
    last: str = ""


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """One document of an incident, as the picture of lineage names it."""

    document: str
    name: str
    publisher: str
    kind: str
    page: str


class IncidentView(msgspec.Struct, frozen=True, kw_only=True):
    """One incident with all that its page says; `only_denied` where nobody tells it and somebody denies it."""

    incident: schema.Incident
    page: str
    label: str
    words: str
    where: str
    when: str
    counted: str
    lines: tuple[LineView, ...]
    unnamed: tuple[ClaimView, ...]
    conflicts: tuple[Dispute, ...]
    pairs: tuple[schema.Pair, ...]
    n_denying: int = 0
    only_denied: bool = False
    place_name: str = ""
    where_short: str = ""
    sides: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    review: str = "unreviewed"
    protected: bool = False
    coarse_place: bool = False
    carriers: tuple[Carried, ...] = ()
    taken: tuple[tuple[str, str, str], ...] = ()  # document, the one it took from, how
    weakest_link: float | None = None
    n_pairs: int = 0
    n_further: int = 0
    decisions: tuple[str, ...] = ()
    side_keys: tuple[str, ...] = ()
    unit_keys: tuple[str, ...] = ()
    weak: bool = False

    @property
    def ceiling(self) -> str:
        """Why its credibility has the ceiling it has: a key of the catalogue."""
        return "many" if self.incident.n_independent > 1 else "one" if self.incident.n_independent else "none"

    @property
    def group(self) -> str:
        """`present`, `practice` or `past`: the part of the list it stands in."""
        return "past" if self.incident.historical else "present" if self.incident.is_single_event else "practice"


class RelationView(msgspec.Struct, frozen=True, kw_only=True):
    """What a document has to do with another one."""

    what: str
    other: str
    page: str
    reasons: tuple[ReasonView, ...]
    taken_from: bool


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """One document with its marked text; no text where it is `withheld` (persons in it are not known to be hidden)."""

    document: schema.Document
    name: str
    title: str
    publisher: str
    credits: str
    page: str
    withheld: bool
    published: str
    heading: tuple[tuple[str, str], ...] = ()
    """what the lines above the article were read as, and their words"""
    carrier_kind: str
    reasons: tuple[ReasonView, ...]
    relations: tuple[RelationView, ...]
    text: tuple[Segment, ...]
    claims: tuple[ClaimView, ...]
    n_boilerplate: int
    n_foreign: int
    n_characters: int
    rejected: tuple[tuple[str, str, str], ...] = ()  # claims that a person rejected: id, words, who and why


class RelianceView(msgspec.Struct, frozen=True, kw_only=True):
    """One source that another relies on, or that relies on it; `circular` where both are in a ring."""

    key: str
    name: str
    page: str
    kind: str
    n_claims: int
    n_documents: int
    circular: bool
    n_circular: int
    reasons: tuple[ReasonView, ...]


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """One source to whom claims are attributed, or one publisher; `circle` holds the names and pages of its ring."""

    key: str
    name: str
    kind: str
    kind_key: str
    grade: str
    graded: bool
    n_claims: int
    n_documents: int
    n_origins: int
    n_published: int
    page: str
    in_register: bool
    side: str = ""
    family: str = ""
    relies_on: tuple[RelianceView, ...] = ()
    relied_on_by: tuple[RelianceView, ...] = ()
    circle: tuple[tuple[str, str], ...] = ()
    claims: tuple[ClaimView, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()
