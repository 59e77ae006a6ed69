"""The command line: parses, calls, prints; the work is done elsewhere.

A command imports what it needs when it runs: `ferry --help` waits for neither boto3 nor pydantic.
"""
