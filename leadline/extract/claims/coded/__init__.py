"""Events by the codebook: triggers and taught networks, the clauses they stand in, and which of several holds."""
