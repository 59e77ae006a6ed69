"""Plans and reviews what a pull request changes, keeps the plan, and applies that very plan later.

The workflows in `.github/workflows/` only call it; every command runs on your machine as well, in the
folder of the project: `python -m pull_requests --help`. docs/pull-requests.md says how it is set up.
"""
