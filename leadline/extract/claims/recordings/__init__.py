"""Recordings that a text tells of: which mentions are of one, who released it, who speaks in it."""
