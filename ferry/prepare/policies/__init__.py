"""The IAM documents of an environment: who may do what, with nothing to be replaced by hand."""

from ferry.prepare.policies.documents import chosen, documents
from ferry.prepare.policies.statements import Document
from ferry.prepare.policies.writing import text, write

__all__ = ["Document", "chosen", "documents", "text", "write"]
