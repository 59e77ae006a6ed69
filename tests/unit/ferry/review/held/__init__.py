"""Edits of a deployed environment, each with the verdict of a careful reviewer.

Written by somebody who runs Aurora and DMS and has not read the review's rules, and before they
were. A row says what is edited, which verdicts are right, and why. What is deployed is a recorded
plan, read as production code reads one; see base.py.

``python -m tests.unit.ferry.review.held`` prints the share of each verdict, and what is wrong.
"""
