"""[[databases]]: the databases that are carried, where a server holds several."""

from settings.fields import AuroraDatabaseName, DatabaseName
from settings.section import Section


class Database(Section):
    """A database that is carried; needed only where the source's server holds several.

    They share the server, its secret, the cluster and the replication instance; each has DMS
    endpoints of its own, and a task carries one of them. Terraform makes the one that
    `aurora.database_name` names, with the cluster. The others are there once `ferry
    prepare-databases` has made them; before that their connections and tasks fail. AWS: [Using a PostgreSQL database
    as a source](https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html).
    """

    source: DatabaseName
    """Its name at the source, letter by letter. Another name sends the endpoint to another database,
    whose tasks have to be loaded anew."""

    aurora: AuroraDatabaseName
    """Its name in Aurora, by which tasks and outputs name it. It is a part of the endpoints'
    identifiers, with hyphens for underscores: another name makes the endpoints and their tasks
    anew."""
