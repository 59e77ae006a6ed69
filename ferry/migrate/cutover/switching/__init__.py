"""The switch: the applications' secrets, their DNS record, and programs of the user's own."""
