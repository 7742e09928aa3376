"""Claims into incidents, with the doubt kept.

    claims, origins, ties -> scored pairs, posterior draws of the partition, incidents

`history` says what is long ago, `rows` flattens claims, `blocking` and `compare` say what is compared and how, `parameters` (data) how much it weighs,
`splink_model` scores pairs, `partitions` finds the best partition and draws from the posterior, `lines` counts
independent lines of evidence, `incidents` says what a cluster tells, `stage` reads and writes.
"""

from __future__ import annotations

from typing import Any

__all__ = ["link_incidents"]


def __getattr__(name: str) -> Any:
    """The stage, imported when it is first used, so that the command line starts fast."""
    if name == "link_incidents":
        from leadline.link.stage import link_incidents

        return link_incidents
    raise AttributeError(name)
