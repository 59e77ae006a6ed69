"""The project on cdktn, CDKTF's successor: made by tools/move_to_cdktn.py, in a copy."""
