"""To be written by its stage."""
