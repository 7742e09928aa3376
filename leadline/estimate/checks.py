"""What must hold of the lists themselves before any model is asked, in plain words where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadline.estimate.bounds import sample_coverage
from leadline.estimate.options import Options
from leadline.estimate.tables import ListTable

MANY = 6  # among more lists than this, a small one is inside another by chance
CHANCE = 0.05


@dataclass(frozen=True)
class ListChecks:
    """Reasons against an estimate that the table alone gives, what would change them, and the figures behind."""

    reasons: tuple[str, ...]
    todo: tuple[str, ...]
    figures: dict[str, float]
    notes: tuple[str, ...] = ()


def containments(table: ListTable) -> list[tuple[str, str, int]]:
    """Pairs of lists of which the first holds everything that the second holds, with the second's size.

    >>> containments(ListTable.of(("A", "B", "C"), {(1, 1, 0): 3, (1, 0, 0): 2, (0, 0, 1): 1}))
    [('A', 'B', 3)]
    """
    overlap, sizes = table.overlaps, table.sizes
    J = table.n_lists
    return [
        (table.lists[i], table.lists[j], int(sizes[j]))
        for j in range(J)
        for i in range(J)
        if i != j and sizes[j] > 0 and overlap[i, j] == sizes[j] and not (sizes[i] == sizes[j] and i > j)
    ]


@dataclass(frozen=True)
class Contained:
    """A list that is wholly inside others: which, in words, and the probability that some list holds so few by chance."""

    name: str
    words: str
    chance: float


def contained(table: ListTable) -> list[Contained]:
    """The lists that are inside others, one entry each, in the order of the table.

    >>> contained(ListTable.of(("A", "B", "C"), {(1, 1, 0): 3, (1, 0, 0): 2, (0, 0, 1): 1}))[0].words
    'The list A contains the whole list B (3 records)'
    """
    holders: dict[str, list[str]] = {}
    for a, b, _ in containments(table):
        holders.setdefault(b, []).append(a)
    size_of = dict(zip(table.lists, table.sizes.tolist(), strict=True))
    found = []
    for name in (x for x in table.lists if x in holders):
        size, held = size_of[name], holders[name]
        records = f"{size} record{'' if size == 1 else 's'}"
        others = np.array([size_of[x] for x in table.lists if x != name]) / table.n
        chance = 1.0 - float(np.prod(1.0 - others**size))
        if size_of[held[0]] == size:
            words = f"The lists {held[0]} and {name} hold the same {records}"
        elif len(held) == 1:
            words = f"The list {held[0]} contains the whole list {name} ({records})"
        else:
            words = f"The lists {', '.join(held)} each contain the whole list {name} ({records})"
        found.append(Contained(name, words, chance))
    return found


def check_lists(table: ListTable, options: Options, ties: Sequence[tuple[str, str, str]] = ()) -> ListChecks:
    """Check number, origin, containment, overlap, coverage and singletons of the lists.

    `ties` are pairs of lists that are known to have a common origin, each with the reason.
    """
    reasons: list[str] = []
    todo: list[str] = []
    notes: list[str] = []
    n, J = table.n, table.n_lists
    figures: dict[str, float] = {"observed": n, "lists": J}
    if options.min_lists > J:
        have = "no list" if J == 0 else "one list" if J == 1 else f"{J} lists"
        named = f" ({', '.join(table.lists)})" if J else ""
        reasons.append(
            f"There {'is' if J < 2 else 'are'} {have}{named}; with fewer than {options.min_lists} nothing tells "
            "dependence between lists from records that nobody has."
        )
        lacking = options.min_lists - J
        todo.append(
            f"At least {lacking} more independently collected list{'' if lacking == 1 else 's'} of the same kind of record."
        )
    if n == 0:
        reasons.append("No record is on any list.")
        return ListChecks(tuple(reasons), tuple(todo), figures)
    for a, b, why in ties:
        reasons.append(f"The lists {a} and {b} have a common origin ({why}); they count as one.")
        todo.append(f"Merge {a} and {b}, or replace one by a list collected by others.")
    inside = contained(table) if J > 1 else []
    for held in inside:
        if J > MANY and held.chance > CHANCE:
            notes.append(f"{held.words}, which happens by chance to so small a list.")
        else:
            reasons.append(f"{held.words}: {held.name} adds nothing, or was made from it.")
    refused = [h for h in inside if not (J > MANY and h.chance > CHANCE)]
    if refused:
        names = [h.name for h in refused]
        rest = ",".join(x for x in table.lists if x not in names)
        todo.append(f"Leave {', '.join(names)} out (--lists {rest}), or merge each into a list that holds it.")
    singles = int(table.captures[0]) if J else n
    overlap = n - singles
    figures |= {"on_several_lists": overlap, "share_of_singletons": singles / n}
    if J > 1:
        if overlap == 0:
            reasons.append(
                f"No record is on two lists: all {n} are on one list only, so nothing shows how much lists miss."
            )
            todo.append("Records that two lists both hold; check the linking of records across lists.")
        else:
            if overlap < options.min_overlap:
                reasons.append(
                    f"Only {overlap} of {n} records are on two or more lists; at least {options.min_overlap} are needed "
                    "for the overlap to be measured."
                )
                todo.append("More records, or lists that cover the same places and days.")
            if singles / n > options.max_singletons:
                reasons.append(
                    f"{singles / n:.0%} of the records are on one list only (limit {options.max_singletons:.0%})."
                )
                todo.append("A check whether records on different lists that are the same were linked.")
            lonely = [name for j, name in enumerate(table.lists) if table.overlaps[j].sum() == table.sizes[j]]
            if lonely and min(int(table.sizes[table.lists.index(x)]) for x in lonely) * MANY < n and J > MANY:
                notes.append(f"{', '.join(lonely)}: small lists that share no record with any other.")
            elif lonely:
                one = len(lonely) == 1
                kept = [name for name in table.lists if name not in lonely]
                reasons.append(
                    f"The list{'' if one else 's'} {', '.join(lonely)} share{'s' if one else ''} no record with any other list."
                )
                todo.append(
                    f"A check of the linking; if it is right, an estimate without {', '.join(lonely)} (--lists {','.join(kept)})."
                    if len(kept) >= options.min_lists
                    else f"A check of the linking: without {', '.join(lonely)} fewer than {options.min_lists} lists are left."
                )
            coverage = sample_coverage(table).coverage
            figures["coverage"] = coverage
            if coverage < options.min_coverage:
                reasons.append(
                    f"Sample coverage is {max(coverage, 0):.2f}: on average other lists confirm only {max(coverage, 0):.0%} of a list "
                    f"(limit {options.min_coverage:.2f})."
                )
                todo.append(
                    f"Lists that overlap more: another list of the same population, or a longer period. {_least_confirmed(table)}"
                )
    return ListChecks(tuple(reasons), tuple(dict.fromkeys(todo)), figures, tuple(notes))


def _least_confirmed(table: ListTable) -> str:
    """Which lists others confirm least, in a sentence: where more overlap would help most."""
    alone = (table.counts * (table.patterns.sum(axis=1) == 1)) @ table.patterns
    shares = 1.0 - alone / table.sizes
    order = np.argsort(shares, kind="stable")[:2]
    return "Least confirmed: " + ", ".join(f"{table.lists[j]} ({shares[j]:.0%} of its records)" for j in order) + "."
