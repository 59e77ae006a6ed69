"""The questions to AWS. These modules import boto3, and make calls that read alone."""
