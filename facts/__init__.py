"""What is known of AWS, DMS and PostgreSQL, and what things are called: each fact once, as tables.

The bottom of the house: standard library alone, imports nothing of ours. A thing stands here only
when two packages need it. Nothing is computed but names and what a name is parsed into. Defaults,
thresholds, sentences and the names of settings stay where they are decided.
"""
