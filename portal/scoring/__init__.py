"""Points rules as people see them: in force, to come, drafted, seen on last month, approved by two."""
