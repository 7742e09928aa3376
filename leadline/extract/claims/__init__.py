"""Claims: which statements about the subject a text makes, and on whose word.

sources, recordings -> statements -> chosen ── who says it
coded (what happened) -> modality, judged, details ── how it is told, carried and checked; how many, where, when
known, assemble ── Claim records
"""
