"""The review as Markdown for a pull request, as text for a terminal, as JSON for a program."""

from ferry.review.report.as_json import as_json
from ferry.review.report.as_markdown import as_markdown
from ferry.review.report.as_text import as_text

__all__ = ["as_json", "as_markdown", "as_text"]
