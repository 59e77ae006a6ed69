"""What the changes of a plan do: the table of rules, and the verdict that follows."""
