"""What `make bench` measures: pages and acts of the portal, each against a floor taken in the same run.

To be read in this order: places (where the data lie), data (how they are made), children (a process for each
measurement), measuring, floors, people and pages (in process); commands, bare and acts (imports, closes, approvals, and
their floors), serving (under `portal serve`), parts (what belongs to a run), report (the bars), tables, growth.
nation, nation_rows and nation_pages stand apart: five million participants, and the pages of those who lead them.
"""
