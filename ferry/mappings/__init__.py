"""What a task carries of a table: the one reading of table mappings, of a file's and of DMS's.

`Mappings` says which tables a task carries, what they and their columns are called at Aurora, and which
rows. `rendering` writes the rows' condition as SQL; all else is pure. Source:
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html
"""

from ferry.mappings.carried import CarriedColumn, CarriedTable, Mappings
from ferry.mappings.filters import ALL_ROWS, Comparison, Inexpressible, Rows
from ferry.mappings.rules import TableName, renamed

__all__ = [
    "ALL_ROWS",
    "CarriedColumn",
    "CarriedTable",
    "Comparison",
    "Inexpressible",
    "Mappings",
    "Rows",
    "TableName",
    "renamed",
]
