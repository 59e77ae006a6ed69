"""Drives the real cdktf and Terraform against local AWS, for the demo, the tests and reviews at a desk."""
