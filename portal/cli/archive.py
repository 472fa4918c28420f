"""A backup's archive as a stream: tar and gzip made on the fly, and encrypted by age if wanted.

An archive for recipients is a plain age file. One under a passphrase begins with a key of its own, encrypted by the
passphrase (scrypt) as an armoured age file, followed by an age file for that key; this way it can be written and
read as a stream, however many photos there are. `age` opens both (docs/operations.md).
"""

import io
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final, Protocol

import pyrage

from portal.domain.errors import RuleBroken

CHUNK: Final = 1 << 20
SHORTEST_PASSPHRASE: Final = 12
_PLAIN: Final = b"\x1f\x8b"
_FOR_KEYS: Final = b"age-encryption.org/v1"
_FOR_PASSPHRASE: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
_END: Final = b"-----END AGE ENCRYPTED FILE-----"
_MAX_HEAD: Final = 64 * 1024


class WrongKey(ValueError):  # noqa: N818 - bad usage, said in words
    """A malformed recipient, identity or passphrase; the text is the line to show."""


class Sealing(Protocol):
    """How an archive is written: a stream of bytes in, a file out."""

    def write(self, source: "Stream", target: IO[bytes]) -> None:
        """Write the whole stream."""


class Stream(io.RawIOBase):
    """A readable file over blocks that are made on demand."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        super().__init__()
        self._blocks = iter(blocks)
        self._rest = b""
        self.problem: OSError | None = None

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill the target with as much of the next block as fits; return 0 at the end."""
        while not self._rest:
            try:
                block = next(self._blocks, None)
            except OSError as problem:
                self.problem = problem  # age would wrap it in an error of its own
                raise
            if block is None:
                return 0
            self._rest = block
        count = min(len(target), len(self._rest))
        target[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


class _FaultKeeper(io.RawIOBase):
    """A writable file that remembers the disk's error, since age wraps it in an error of its own."""

    def __init__(self, target: IO[bytes]) -> None:
        super().__init__()
        self._target = target
        self.problem: OSError | None = None

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def write(self, data: Any) -> int:
        """Write on."""
        try:
            return self._target.write(data)
        except OSError as problem:
            self.problem = problem
            raise


def _encrypt(source: Stream, target: IO[bytes], recipients: list[Any]) -> None:
    """Encrypt a stream; an error of the disk is raised unchanged."""
    guarded = _FaultKeeper(target)
    try:
        pyrage.encrypt_io(source, guarded, recipients)
    except pyrage.EncryptError as failed:
        raise source.problem or guarded.problem or OSError(str(failed)) from None


def pack(members: Iterable[tuple[str, bytes | Path]]) -> Iterator[bytes]:
    """Yield a tar.gz of these names and contents, readable only by the owner once unpacked."""
    gzip = zlib.compressobj(6, zlib.DEFLATED, 31)
    for block in _tar(members):
        if packed := gzip.compress(block):
            yield packed
    yield gzip.flush()


def _tar(members: Iterable[tuple[str, bytes | Path]]) -> Iterator[bytes]:
    for name, content in members:
        with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
            info = tarfile.TarInfo(name)
            info.mode = 0o600
            info.size = file.seek(0, io.SEEK_END)
            file.seek(0)
            yield info.tobuf(tarfile.PAX_FORMAT)
            left = info.size
            while left and (block := file.read(min(CHUNK, left))):
                left -= len(block)
                yield block
            yield b"\0" * (left + -info.size % tarfile.BLOCKSIZE)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


class Unencrypted:
    """No encryption, for disks that are encrypted themselves."""

    def write(self, source: Stream, target: IO[bytes]) -> None:
        """Write the archive as it is."""
        while block := source.read(CHUNK):
            target.write(block)


class ForRecipients:
    """Encrypted for the holders of the identities behind these public keys (age1…)."""

    def __init__(self, recipients: Iterable[str]) -> None:
        try:
            self._recipients = [pyrage.x25519.Recipient.from_str(text.strip()) for text in recipients]
        except pyrage.RecipientError:
            raise WrongKey("a recipient is a public key of age, like age1…; age-keygen prints one") from None

    def write(self, source: Stream, target: IO[bytes]) -> None:
        """Encrypt while writing."""
        _encrypt(source, target, self._recipients)


class UnderPassphrase:
    """Encrypted under a passphrase, through scrypt."""

    def __init__(self, passphrase: str) -> None:
        self._passphrase = passphrase

    def write(self, source: Stream, target: IO[bytes]) -> None:
        """Make a key, encrypt it under the passphrase, and encrypt the rest to it while writing."""
        key = pyrage.x25519.Identity.generate()
        head = pyrage.passphrase.encrypt(str(key).encode(), self._passphrase, armored=True)
        target.write(head.strip() + b"\n")
        _encrypt(source, target, [key.to_public()])


def read_passphrase(file: Path) -> str:
    """Read a passphrase from the first line of a file; one that could be guessed is refused."""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    found = lines[0].strip() if lines else ""
    if len(found) < SHORTEST_PASSPHRASE:
        raise WrongKey(
            f"the passphrase is the first line of the file and has at least {SHORTEST_PASSPHRASE} characters"
        )
    return found


def read_identities(file: Path) -> list[str]:
    """Read the identities of a file as age-keygen writes it: lines AGE-SECRET-KEY-1…, comments with #."""
    lines = [line.strip() for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if not found or not all(line.startswith("AGE-SECRET-KEY-1") for line in found):
        raise WrongKey("an identity file holds lines like AGE-SECRET-KEY-1…, as age-keygen writes them")
    return found


def open_archive(source: Path, target: IO[bytes], *, identities: list[str], passphrase: str | None) -> None:
    """Write the tar.gz inside a backup to target; RuleBroken if it is encrypted and no given key opens it."""
    with source.open("rb") as file:
        head = file.read(len(_FOR_PASSPHRASE))
        file.seek(0)
        if head.startswith(_PLAIN):
            Unencrypted().write(Stream(iter(lambda: file.read(CHUNK), b"")), target)
        elif head.startswith(_FOR_KEYS):
            if not identities:
                raise RuleBroken("backup.needs_identity", {"file": source.name})
            _unseal(file, target, identities, source.name)
        elif head == _FOR_PASSPHRASE:
            if passphrase is None:
                raise RuleBroken("backup.needs_passphrase", {"file": source.name})
            _unseal(file, target, [_own_key(file, passphrase, source.name)], source.name)
        else:
            raise RuleBroken("backup.unreadable", {"file": source.name})


def _own_key(file: IO[bytes], passphrase: str, name: str) -> str:
    """Open the key at the beginning of a file under a passphrase; the file is then positioned after it."""
    lines: list[bytes] = []
    while (line := file.readline(_MAX_HEAD)) and len(lines) < _MAX_HEAD // 64:
        lines.append(line)
        if line.strip() == _END:
            break
    try:
        return bytes(pyrage.passphrase.decrypt(b"".join(lines), passphrase)).decode()
    except pyrage.DecryptError:
        raise RuleBroken("backup.wrong_key", {"file": name}) from None


def _unseal(file: IO[bytes], target: IO[bytes], identities: list[str], name: str) -> None:
    """Decrypt a stream, telling a wrong key from a file that was cut or altered."""
    try:
        keys = [pyrage.x25519.Identity.from_str(text) for text in identities]
        pyrage.decrypt_io(file, target, keys)
    except pyrage.IdentityError:
        raise WrongKey(
            "an identity file holds lines like AGE-SECRET-KEY-1…, as age-keygen writes them"
        ) from None
    except pyrage.DecryptError as problem:
        code = "backup.wrong_key" if "no matching keys" in str(problem).lower() else "backup.unreadable"
        raise RuleBroken(code, {"file": name}) from None
    except OSError as problem:
        if problem.errno:  # the disk's error; age's own errors have none
            raise
        raise RuleBroken("backup.unreadable", {"file": name}) from None
