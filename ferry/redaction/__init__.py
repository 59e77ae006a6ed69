"""Secrets in texts of others: known by what stands before them and by their shape, and left out. Pure."""
