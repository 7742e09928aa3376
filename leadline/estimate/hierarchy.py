"""Hierarchical log-linear models: which parameters each has, all of them, and how they are written.

A model is a sorted tuple of parameters, each a set of lists as an integer (bit j for list j). A model that has a
parameter has all its subsets. Every model here has all main effects and lacks the interaction of all lists, without
which the unseen cell would be free.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

Model = tuple[int, ...]


def main_effects(n_lists: int) -> Model:
    """The independence model.

    >>> main_effects(3)
    (0, 1, 2, 4)
    """
    return (0, *(1 << j for j in range(n_lists)))


def order(model: Model) -> int:
    """Size of the model's largest interaction."""
    return max(a.bit_count() for a in model)


@lru_cache(maxsize=16)
def all_models(n_lists: int, max_order: int) -> tuple[Model, ...]:
    """All hierarchical models with main effects and no interaction larger than `max_order` (below `n_lists`).

    >>> [len(all_models(j, j - 1)) for j in (3, 4)]
    [8, 113]
    """
    top = min(max_order, n_lists - 1)
    models: list[set[int]] = [set(main_effects(n_lists))]
    for size in range(2, top + 1):
        terms = [sum(1 << j for j in c) for c in combinations(range(n_lists), size)]
        grown = []
        for model in models:
            open_terms = [t for t in terms if all(t ^ (1 << j) in model for j in range(n_lists) if t >> j & 1)]
            for k in range(len(open_terms) + 1):
                grown += [model | set(c) for c in combinations(open_terms, k)]
        models = grown
    return tuple(sorted((tuple(sorted(m)) for m in models), key=lambda m: (len(m), m)))


def generators(model: Model) -> tuple[tuple[int, ...], ...]:
    """The model's largest terms, each as the positions of its lists (counted from 0), larger terms first.

    >>> generators((0, 1, 2, 3, 4))
    ((0, 1), (2,))
    """
    tops = [a for a in model if a and not any(a != b and a & b == a for b in model)]
    named = [tuple(j for j in range(a.bit_length()) if a >> j & 1) for a in tops]
    return tuple(sorted(named, key=lambda g: (-len(g), g)))


def label(model: Model) -> str:
    """The usual short form, lists numbered from 1: `[12,3]`.

    >>> label((0, 1, 2, 3, 4))
    '[12,3]'
    """
    inner = [("" if len(model) < 2 or max(model) < 512 else ".").join(str(j + 1) for j in g) for g in generators(model)]
    return "[" + ",".join(inner) + "]"


def in_words(model: Model, lists: tuple[str, ...]) -> str:
    """The model with the lists' names: which lists it lets depend on each other.

    >>> in_words((0, 1, 2, 3, 4), ("A", "B", "C"))
    'A*B, C'
    """
    return ", ".join("*".join(lists[j] for j in g) for g in generators(model))
