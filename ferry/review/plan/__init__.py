"""A Terraform plan: read, hidden where it is sensitive, compared."""
