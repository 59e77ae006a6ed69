"""What an account needs before Terraform can run: the bucket of the states, the source's secret."""
