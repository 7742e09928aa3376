"""What a cross-examiner would ask, answered by figures of the case itself; the words stand in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from leadline.publish.view.figures import Figures
from leadline.publish.words import code, say


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of an answer, what it counts, and where that is listed."""

    value: str
    what: str
    link: str


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """One question; its words are `challenge.KEY` of the catalogue."""

    key: str
    figures: tuple[Answered, ...]


def challenges(f: Figures) -> list[Challenge]:
    """All questions, in the order in which they are usually put."""

    def row(value: float | str, key: str, link: str = "", **values: object) -> Answered:
        shown = value if isinstance(value, str) else f"{value:,}"
        return Answered(value=shown, what=say(f"answer.{key}", n=value, **values), link=link)

    asked: list[tuple[str, Iterable[Answered]]] = [
        (
            "circular",
            (
                row(f.n_documents, "documents", "documents.html"),
                row(f.n_copies, "copies", "documents.html#?carrier=copy"),
                row(f.n_rewrites, "rewrites", "documents.html#?carrier=rewrite"),
                row(f.n_lines, "lines", "index.html#lines"),
                row(f.most_carried_documents, "most_carried", f.most_carried_page, name=f.most_carried_name),
                row(f.n_rings, "rings", "sources.html#?ring=yes"),
                row(f.n_circular_claims, "circular_claims", "sources.html#?ring=yes"),
            ),
        ),
        (
            "single",
            (
                row(f.n_many_lines, "many_lines", "incidents.html#?group=present&lines=2%2B"),
                row(f.n_single_line, "single_line", "incidents.html#?group=present&lines=1"),
                row(f.n_no_line, "no_line", "incidents.html#?group=present&lines=0"),
                row(f.n_unnamed_claims, "unnamed", "", all=f.n_claims),
            ),
        ),
        (
            "genuine",
            (
                row(f.n_recordings, "recordings"),
                row(f.n_recordings_of_one, "recordings_of_one"),
                row(f.n_verified, "verified"),
                row(f.n_could_not_verify, "could_not_verify"),
            ),
        ),
        (
            "interest",
            (
                row(f.n_releasers, "releasers", "sources.html"),
                *(
                    (row(f.n_top_releaser, "top_releaser", "sources.html", name=f.top_releaser),)
                    if f.top_releaser
                    else ()
                ),
                row(f.n_sources_graded, "graded", "sources.html#?graded=yes", all=f.n_sources),
            ),
        ),
        (
            "sides",
            (
                *(row(n, "side_sources", "sources.html", side=side) for side, n in f.sides[:6]),
                *(row(n, "side_conduct", "incidents.html", side=side) for side, n in f.conduct[:6]),
            ),
        ),
        (
            "denied",
            (
                row(f.n_denied, "denied", "incidents.html#?group=present&denied=yes"),
                row(f.n_only_denied, "only_denied", "incidents.html#?group=present&denied=yes"),
                row(f.n_conflicts, "conflicts", "incidents.html#?group=present&conflict=yes"),
            ),
        ),
        (
            "machine",
            (
                row(
                    f.n_claims - f.n_reviewed_claims, "unreviewed", "incidents.html#?review=unreviewed", all=f.n_claims
                ),
                *(
                    (row(f.n_decisions, "decisions", "methods.html#decisions", last=f.last_decision),)
                    if f.n_decisions
                    else ()
                ),
                row(f.n_unsure_claims, "unsure"),
                row(f"{f.median_confidence:.2f}", "median"),
            ),
        ),
        (
            "linked",
            (
                row(f.n_compared, "compared", "incidents.html"),
                row(f.n_weak_links, "weak_links", "incidents.html#?group=present&link=weak"),
                row(f"{f.groups_low:,}–{f.groups_high:,}", "groups"),
            ),
        ),
        (
            "dates",
            (
                row(f.n_no_date, "no_date", "documents.html#?dated=unknown", all=f.n_documents),
                row(f.n_inferred_date, "inferred", "documents.html#?dated=inferred"),
                row(f.n_no_time, "no_time", "incidents.html#?group=present&timed=no"),
                row(f.n_open_time, "open_time", "timeline.html"),
            ),
        ),
        (
            "places",
            (
                row(f.n_no_place, "no_place", "incidents.html#?group=present&placed=no", all=f.n_incidents),
                row(f.n_protected_places, "protected", "map.html"),
            ),
        ),
        (
            "words",
            (
                row(f.n_rewrites, "damaged_documents", "documents.html#?carrier=rewrite"),
                row(f.n_damaged_claims, "damaged_claims", "", all=f.n_claims),
                *(row(n, "language", "documents.html", language=language) for language, n in f.languages[:6]),
            ),
        ),
        (
            "selection",
            (
                row(f.n_refused, "refused", "documents.html"),
                row(f.n_unread, "unread", "index.html#unknown"),
                row(f"{f.furniture_share:.0%}", "furniture"),
                row(f.n_practices, "practices", "incidents.html"),
                row(f.n_past, "past", "incidents.html"),
            ),
        ),
        (
            "unheard",
            (
                row(f.n_incidents, "incidents", "incidents.html"),
                row(f.n_many_lines, "many_lines", "incidents.html#?group=present&lines=2%2B"),
            ),
        ),
        ("altered", (row(f.n_hashed, "hashed", "integrity.html"),)),
        ("hidden", (row(f.n_withheld, "withheld", "documents.html"),)),
    ]
    return [Challenge(key=key, figures=tuple(rows)) for key, rows in asked]


def codes_in_use(counts: dict[str, dict[str, int]]) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Codes with what they mean and how many claims have them, by group."""
    return [
        (group, [(code(group, value), say(f"meaning.{group}.{value}"), n) for value, n in counts[group].items()])
        for group in counts
    ]
