"""Who is meant: names, bodies, persons and what stands for them, each resolved to one source."""
