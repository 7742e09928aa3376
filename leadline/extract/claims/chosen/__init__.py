"""Who says it and through whom the text has it, chosen among all who may by networks that marked articles taught."""
