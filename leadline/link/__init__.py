"""Claims into incidents, with the doubt kept.

    claims, origins, ties -> scored pairs, posterior draws of the partition, incidents

`history` says what is long ago, `context` what a claim leaves unsaid, `sorts` what may meet at all, `rows` flattens claims into
rows of `words`, `blocking` and `compare` say what is compared and how, `parameters` (data) how much it weighs, `splink_model`
scores pairs, `learned` moves the weights by what a case shows, `documents` compares whole documents where each tells of one
event, `scores` explains them, `bonds` are people's judgements, `graph` takes the pairs apart, `several` lets one claim be in
several incidents, `partitions` finds the best partition and draws from the posterior (`chain` where it cannot be enumerated,
`crowds` where a part is too large for a matrix), `lines` counts independent lines of
evidence, `support` says what stands behind a claim, `incidents` what a cluster tells, `stage` reads and writes.
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
