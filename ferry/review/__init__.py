"""What a Terraform plan will do to the database: data in, data out, nothing asked of AWS."""

from ferry.review.dangers import Danger
from ferry.review.finding import Phrase
from ferry.review.guardrails import STRICT, Guardrails
from ferry.review.plan import Plan, PlanError
from ferry.review.reading import read_plan
from ferry.review.review import Review, Verdict, review
from ferry.review.stack import stack_name

__all__ = [
    "STRICT",
    "Danger",
    "Guardrails",
    "Phrase",
    "Plan",
    "PlanError",
    "Review",
    "Verdict",
    "read_plan",
    "review",
    "stack_name",
]
