"""The official extract as a file: read row by row, and staged for set-based work."""

from portal.membership.imports.reading import ExtractFile, ReadProfile
from portal.membership.imports.staging import Staged, stage

__all__ = ["ExtractFile", "ReadProfile", "Staged", "stage"]
