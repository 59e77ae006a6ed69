"""What is deployed, compared with what the environment's file says.

A check is a small function `check_...(deployed, expect)`, a module an area. It asks AWS, tells
`expect` what it should find, and only reads. The first line of its docstring is what is so where
all is right, and is shown.

What passes by itself (a backup, a failover, a change that waits for its window) is a warning. So is
what needs a person and is no fault of the deployment: a task that failed, an address that has not
confirmed. What differs from the file blocks.
"""
