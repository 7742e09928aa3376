"""What else a claim says: how many, where, when, of which unit."""
