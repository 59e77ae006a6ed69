"""How secrets of applications say where their database is: understood, and led elsewhere. Pure."""
