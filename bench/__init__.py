"""How long synthesis takes, and how much memory, beside other ways to the same infrastructure.

``python -m bench`` measures, writes ``bench/RESULTS.md`` and prints it. The peers are installed
into ``bench/.peers``, never into the project's own environment.
"""
