"""Reading of the environments' files: TOML, what is wrong with it, and how to mend it."""
