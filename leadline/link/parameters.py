"""The link parameters: match and unmatch probabilities and word lists, as data that a case can replace."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import msgspec

from leadline.errors import CodebookError

SHIPPED = Path(__file__).parent / "parameters.toml"
Probability = Annotated[float, msgspec.Meta(gt=0, lt=1)]
FIELDS = ("event", "origin", "time", "reported", "place", "unit", "number", "actor", "realis", "wording")


class Level(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One agreement level: how often true and false pairs reach it."""

    label: str
    m: Probability
    u: Probability

    @property
    def weight(self) -> float:
        """Match weight, log2 of the Bayes factor.

        >>> Level(label="same", m=0.8, u=0.1).weight
        3.0
        """
        return math.log2(self.m / self.u)


class Comparison(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The levels of one comparison, best agreement first."""

    levels: tuple[Level, ...]


class Series(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makes a claim a series or summary instead of one event."""

    words: tuple[str, ...]
    longest_days: int
    counted: tuple[str, ...] = ()
    """nouns of which more than one are a summary: cases, camps, regions"""
    classes: tuple[str, ...] = ()
    """whom a practice is done to ("those who refuse"), which is no circumstance of one event"""


class Learning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much the file's own probabilities count beside a case's pairs."""

    prior_pairs: Annotated[float, msgspec.Meta(gt=0)] = 2000.0
    judged_pairs: Annotated[float, msgspec.Meta(ge=0)] = 25.0
    prior_claims: Annotated[float, msgspec.Meta(ge=0)] = 5.0


class DocumentsCompared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How two documents that each tell of one event are compared by their words."""

    cosines: tuple[Annotated[float, msgspec.Meta(gt=0, lt=1)], ...]
    """of their words, weighed by rarity, the least at which each level but the last is reached, best first"""
    words: Comparison
    prior_matches: Annotated[float, msgspec.Meta(gt=0)] = 2.0
    prior_others: Annotated[float, msgspec.Meta(gt=0)] = 5.0
    one_event: Probability = 0.95
    """how often two claims of a document that tells of one event are of it"""


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A parameter file."""

    title: str
    prior: Probability
    uncompared: float
    power: Annotated[float, msgspec.Meta(gt=0, le=1)]
    reactions: tuple[str, ...] = ()
    """kinds of event that answer to incidents and are none themselves"""
    families: dict[str, tuple[str, ...]]
    series: Series
    counted: dict[str, tuple[str, ...]]
    comparisons: dict[str, Comparison]
    documents: DocumentsCompared
    learning: Learning = Learning()


def load_parameters(path: str | Path = "") -> Parameters:
    """The parameters of a file, the shipped ones where none is named; what a file leaves out is as shipped.

    So another subject says which of its kinds of event reports call by either name, and no more. Raises `CodebookError` naming the
    file and the path inside it: a comparison that is unknown, has another number of levels than the model, or whose
    probabilities do not add up to one.

    >>> load_parameters().prior
    0.03
    """
    file = Path(path) if path else SHIPPED
    try:
        said = msgspec.toml.decode(file.read_bytes(), type=dict[str, Any])
        found = msgspec.convert(said if file == SHIPPED else _on_top_of_shipped(said), Parameters)
    except OSError as e:
        raise CodebookError(
            f"the link parameters cannot be read ({e.strerror})", place=str(file), todo="check `link_parameters`"
        ) from e
    except (msgspec.ValidationError, msgspec.DecodeError) as e:
        raise CodebookError(str(e), place=str(file)) from e
    shipped = found if file == SHIPPED else load_parameters()
    if set(found.comparisons) != set(FIELDS):
        odd = sorted(set(found.comparisons) ^ set(FIELDS))
        raise CodebookError(
            f"comparisons unknown: {', '.join(odd)}",
            place=f"{file}: $.comparisons",
            expected=", ".join(FIELDS),
        )
    for name in FIELDS:
        levels, expected = found.comparisons[name].levels, shipped.comparisons[name].levels
        if len(levels) != len(expected):
            raise CodebookError(
                f"{len(levels)} levels",
                place=f"{file}: $.comparisons.{name}.levels",
                expected=f"{len(expected)}: " + "; ".join(x.label for x in expected),
            )
        for which in ("m", "u"):
            total = sum(getattr(x, which) for x in levels)
            if abs(total - 1) > 1e-6:
                raise CodebookError(
                    f"the {which} of the levels add up to {total:g}",
                    place=f"{file}: $.comparisons.{name}.levels",
                    expected="1",
                )
    return found


def _on_top_of_shipped(said: dict[str, Any]) -> dict[str, Any]:
    """What a file says, with the shipped tables and comparisons that it does not name."""
    shipped = msgspec.toml.decode(SHIPPED.read_bytes(), type=dict[str, Any])
    own = said.get("comparisons", {})
    compared = (
        {**shipped["comparisons"], **own} if isinstance(own, dict) else own
    )  # anything else is refused with its path
    return {**shipped, **said, "comparisons": compared}
