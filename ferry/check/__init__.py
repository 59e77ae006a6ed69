"""What is right, what is not, and what nobody could tell: of an account, of a deployment."""
