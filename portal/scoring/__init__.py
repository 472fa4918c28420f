"""Points rules as people see them: in force and to come, drafted, seen on last month, approved by a second admin."""
