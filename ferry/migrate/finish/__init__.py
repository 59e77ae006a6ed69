"""Ends a migration that is cut over: what it needed goes from both sides."""
