"""Who says what: attributions as they bear on claims, in the order of the text, and the lineage of a clause."""
