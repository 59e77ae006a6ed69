"""What an environment file may say: the typed model and its rules."""
