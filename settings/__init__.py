"""What an environment file may say: the typed model, its rules, naming, the outputs' names."""
