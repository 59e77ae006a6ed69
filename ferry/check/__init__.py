"""`ferry check`: whether what an environment needs is there, before a plan is worth making.

`asking` puts questions to AWS with boto3, calls that read alone; `judging` is pure and turns the
answers into findings; `examine` brings both together; `rendering` writes the findings down.
"""
