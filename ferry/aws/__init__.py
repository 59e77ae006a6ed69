"""What ferry asks of AWS. These modules import boto3: commands import them when they run."""
