"""What an environment file may say."""
