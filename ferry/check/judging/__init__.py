"""What AWS's answers mean for an environment: pure functions from answers to findings."""
