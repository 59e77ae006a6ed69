"""Ferry's own tables in a database: how they are, and whether that is how they have to be."""
