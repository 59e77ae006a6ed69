"""ferry, the operator's command line: what Terraform cannot do."""
