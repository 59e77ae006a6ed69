"""The stacks: what exists once in an AWS account, and one environment. They map settings to constructs."""
