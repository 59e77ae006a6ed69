"""Reviews what a pull request changes, and applies what its approvers saw, planned by reviewed code.

The workflows in `.github/workflows/` only call it: docs/pull-requests.md, `python -m pull_requests
--help`.
"""
