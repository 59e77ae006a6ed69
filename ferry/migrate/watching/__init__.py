"""Watches tasks: what is seen at one moment is a `Look`, and a look says where it stands and why."""
