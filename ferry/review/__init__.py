"""What a Terraform plan will do to the database: data in, data out, nothing asked of AWS."""

from ferry.review.plan.masking import masked
from ferry.review.plan.plan import Plan, PlanError
from ferry.review.plan.reading import read_plan
from ferry.review.plan.shown import ours
from ferry.review.plan.stack import stack_name
from ferry.review.rules.dangers import Danger
from ferry.review.rules.finding import Phrase
from ferry.review.rules.review import Review, Verdict, review

__all__ = [
    "Danger",
    "Phrase",
    "Plan",
    "PlanError",
    "Review",
    "Verdict",
    "masked",
    "ours",
    "read_plan",
    "review",
    "stack_name",
]
