"""Kinds of source by what they are: persons, bodies and outlets, those who fight, who witnessed something, who command."""

from __future__ import annotations

BODY_KINDS = frozenset({"state-body", "armed-force", "court", "international"})
OUTLET_KINDS = frozenset({"outlet", "agency", "channel", "monitor"})
ORGANISATIONS = BODY_KINDS | OUTLET_KINDS
"""Those that pass on what others told them."""
NO_PERSONS = ORGANISATIONS | {"document", "reports"}
NAMED_KINDS = frozenset({"outlet", "monitor"})
"""Kinds that have names of their own behind their noun (`the outlet Zona`)."""

TROOPS = frozenset({"soldier", "commander"})
WITNESSES = frozenset({"soldier", "relative", "witness"})
"""Those who lived through what they tell."""
SUPERIORS = frozenset({"commander", "official"})
PERSONAL_KINDS = WITNESSES | SUPERIORS | {"analyst"}
"""Kinds of person that a common noun tells."""
PERSONS = PERSONAL_KINDS | {"person"}
SPEAKERS_KINDS = PERSONS - {"analyst"}
"""Those who are heard on recordings, and whose noun alone may say who tells something."""
