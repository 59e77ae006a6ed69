"""Local AWS: an AWS for one machine, to which the real Terraform and boto3 deploy unchanged.

It is moto's threaded server with what moto lacks, or answers otherwise than AWS, for what this
project uses. Each service's extension is a module of `local_aws.services`; `local_aws.registry`
puts them in place from outside, moto itself is not patched on disk.

    python -m local_aws --port 4566

What it is for: that the synthesized JSON applies, that a second plan shows no changes, that a
destroy completes, that each call is of the shape AWS's API model gives, and what happens when
calls fail (`local_aws.faults`).

What it is no proof of:

- DMS's speed, memory and bugs. A task moves data where both its hosts are PostgreSQL servers of
  this machine (`POST /local-aws/addresses`; `local_aws.dms_worker` says how, and what is not as
  DMS does it). Where they are not, no table is copied: the task's states, stop reasons and table
  statistics follow the calls made to DMS, the counts stay zero, and no row is validated.
- Aurora. A cluster has data where somebody tells which PostgreSQL server of this machine it is
  (`local_aws.services.rds.server`, which says what is not as in Aurora), and none otherwise.
- Metrics and events. Nothing sends a metric but a task that moves data, its latency; no alarm
  changes state; no event is delivered to
  a topic, and no e-mail subscription is confirmed by a person (it is simply there).
- Dependency errors of a VPC. AWS refuses to delete a subnet with interfaces in it, or a group
  that another refers to; here most of that is accepted.
- IAM. Nobody's permission is checked: not the deployer's, not the roles', not the key's policy.
- Pending modifications. `ApplyImmediately = false` acts at once; a static parameter's
  `pending-reboot` is stored and shown, not waited for.
- What DMS reads back as defaults. Task settings come back as given (with the log group that DMS
  adds), not completed by the some hundred keys that DMS fills in.
- Versions on offer. The tables in `local_aws.services` are a plausible extract, not the region's.
- Time. States that take minutes in AWS pass with the next describe call.

An access key of exactly twelve digits stands for the account of that number, for every service.
There are no other credentials: any secret key will do, and no signature is checked. The server
listens on 127.0.0.1 only.
"""
