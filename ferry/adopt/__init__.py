"""Finds what an interrupted deployment made and no state holds, so that Terraform can import it.

The stack's JSON says what there should be and under which names, the state says what Terraform
knows, AWS says what there is. Nothing is changed here.
"""
