"""The change of the applications to Aurora: whether it can begin, and which steps it is made of."""
