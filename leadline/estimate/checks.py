"""What must hold of the lists themselves before any model is asked, in plain words where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    for a, b, size in containments(table) if J > 1 else ():
        held = f"The list {a} contains the whole list {b} ({size} record{'s' if size != 1 else ''})"
        if J > MANY and (table.sizes[table.lists.index(a)] / n) ** size > CHANCE:
            notes.append(f"{held}, which happens by chance to so small a list.")
            continue
        reasons.append(f"{held}: {b} adds nothing that {a} did not have, or was made from it.")
        todo.append(f"Leave {b} out or merge it into {a} (--lists).")
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
                reasons.append(f"The list {', '.join(lonely)} shares no record with any other list.")
                todo.append(f"Leave {', '.join(lonely)} out (--lists), or check the linking.")
            coverage = sample_coverage(table).coverage
            figures["coverage"] = coverage
            if coverage < options.min_coverage:
                reasons.append(
                    f"Sample coverage is {max(coverage, 0):.2f}: on average other lists confirm only {max(coverage, 0):.0%} of a list "
                    f"(limit {options.min_coverage:.2f})."
                )
                todo.append("Lists that overlap more: another list of the same population, or a longer period.")
    return ListChecks(tuple(reasons), tuple(dict.fromkeys(todo)), figures, tuple(notes))
