"""What `make` fetches is pinned: each package by its hash, Chromium by Debian's signature."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt", ".ci/virtualenv.txt")
SCRIPTS = (*sorted((PROJECT / ".ci").glob("*")), PROJECT / "Makefile")


def entries(lock):
    """Return each entry of a lock, its lines joined."""
    text = (PROJECT / lock).read_text().replace("\\\n", " ")
    return [line.split("#")[0].strip() for line in text.splitlines() if line.split("#")[0].strip()]


def locked(lock):
    return {re.split(r"[=\s]", entry)[0] for entry in entries(lock)}


def wanted(requirement):
    return re.split(r"[^A-Za-z0-9.-]", requirement)[0].lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_of_a_lock_has_one_version_and_its_hashes(lock):
    for entry in entries(lock):
        assert re.match(r"[a-z0-9.-]+==[^\s]+( ; .+?)? +--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_where_its_packages_came_from(lock):
    text = (PROJECT / lock).read_text()

    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links", text)


def test_the_locks_hold_what_the_project_declares():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    run = {wanted(one) for one in [*project["project"]["dependencies"], *groups["build"]]}
    build = {wanted(one) for one in project["build-system"]["requires"]}

    assert build <= run <= locked("requirements.txt") <= locked("requirements-dev.txt")
    assert {wanted(one) for one in groups["dev"] if isinstance(one, str)} <= locked("requirements-dev.txt")
    assert {wanted(one) for one in groups["bench"]} <= locked("requirements-bench.txt")


def test_every_pip_install_asks_for_hashes_or_installs_the_portal_alone():
    found = [
        line.strip()
        for script in SCRIPTS
        for line in script.read_text().splitlines()
        if re.search(r"pip(\[@\]\}\"|) install\b", line)
    ]

    assert len(found) == 3
    for line in found:
        words = shlex.split(line, comments=True)
        own = "-e" in words and {"--no-deps", "--no-build-isolation"} <= set(words)
        assert own or ("--require-hashes" in words and "-r" in words), line


def test_nothing_else_is_fetched_than_by_pip_and_by_apt():
    for script in SCRIPTS:
        text = script.read_text()
        assert not re.search(
            r"\b(curl|wget|git clone|npm|npx|playwright install|allow-unauthenticated)\b", text
        ), script
