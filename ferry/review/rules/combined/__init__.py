"""Rules that look at several attributes, or at several resources, at once."""
