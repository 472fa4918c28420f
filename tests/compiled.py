"""The templates, compiled once for the apps of both databases, all workers of a run and the servers that they start.

An app compiles for a second or two; a server does so in each of its workers before it answers.
"""

import os
from pathlib import Path
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache


class Compiled(BytecodeCache):
    """Compiled templates, kept in this process and, if it has a folder, for others."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], Any] = {}
        self.folder: Path | None = None

    def _key(self, bucket: Bucket) -> tuple[str, str, str]:
        """Return what tells compiled templates apart: each language has its own."""
        return bucket.environment.in_language, bucket.key, bucket.checksum

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what another app or worker has compiled from the same text."""
        bucket.code = self.kept.get(self._key(bucket))
        file = self._file(bucket)
        if bucket.code is None and file and file.exists():
            bucket.bytecode_from_string(file.read_bytes())

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what an app has compiled."""
        self.kept[self._key(bucket)] = bucket.code
        if file := self._file(bucket):
            half = file.with_suffix(f".{os.getpid()}")
            half.write_bytes(bucket.bytecode_to_string())
            half.rename(file)

    def _file(self, bucket: Bucket) -> Path | None:
        return self.folder and self.folder / "-".join(self._key(bucket))


COMPILED = Compiled()
