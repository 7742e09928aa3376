"""Realis: what is told as a fact, and what is ordered, threatened, denied, possible or a habit."""
