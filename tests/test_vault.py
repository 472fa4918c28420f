"""What is sealed opens only with its key and in its place; equal texts have equal fingerprints."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import vault
from portal.domain.errors import VaultError

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32
NIK = "1671014507850003"


@pytest.fixture(autouse=True)
def _keys():
    before = vars(vault._keyring).copy()
    vault.configure([OLD], INDEX)
    yield
    vars(vault._keyring).update(before)


@given(st.text(), st.text())
def test_a_sealed_text_opens_again_in_its_context(text, context):
    vault.configure([OLD], INDEX)
    assert vault.unseal(vault.seal(text, context=context), context=context) == text


def test_sealing_twice_gives_two_different_texts_and_shows_nothing():
    first, second = vault.seal(NIK), vault.seal(NIK)
    assert first != second
    assert NIK.encode() not in first


def test_another_context_does_not_open_it():
    blob = vault.seal(NIK, context="cadre.nik")
    with pytest.raises(VaultError, match="another place"):
        vault.unseal(blob, context="participant.nik")


def test_the_first_key_writes_and_all_read():
    old = vault.seal(NIK)
    vault.configure([NEW, OLD], INDEX)
    assert vault.unseal(old) == NIK
    fresh = vault.seal(vault.unseal(old))
    assert [vault.name_of(fresh), vault.name_of(old)] == vault.key_names()
    vault.configure([NEW], INDEX)
    assert vault.unseal(fresh) == NIK
    with pytest.raises(VaultError, match="no configured key"):
        vault.unseal(old)


@pytest.mark.parametrize("place", [0, 3, 4, 16, -1])
def test_one_flipped_bit_is_noticed(place):
    blob = bytearray(vault.seal(NIK))
    blob[place] ^= 1
    with pytest.raises(VaultError):
        vault.unseal(bytes(blob))


@pytest.mark.parametrize("length", [0, 1, 4, 10, 16, 20])
def test_a_cut_text_is_noticed(length):
    with pytest.raises(VaultError):
        vault.unseal(vault.seal(NIK)[:length])


@pytest.mark.parametrize(
    ("data_keys", "index_key", "why"),
    [
        ([], INDEX, "no data key"),
        ([b"short"], INDEX, "PORTAL_DATA_KEY"),
        ([OLD, b"x" * 33], INDEX, "PORTAL_DATA_KEY"),
        ([OLD], b"", "PORTAL_INDEX_KEY"),
        ([OLD], OLD, "equals"),
    ],
)
def test_bad_keys_are_refused_with_the_setting_to_mend(data_keys, index_key, why):
    with pytest.raises(VaultError, match=why):
        vault.configure(data_keys, index_key)


def test_an_unconfigured_vault_says_so():
    vars(vault._keyring).update(vars(vault._Keyring()))
    for act in (lambda: vault.seal(NIK), lambda: vault.fingerprint("nik", NIK)):
        with pytest.raises(VaultError, match="configure"):
            act()
    with pytest.raises(VaultError):
        vault.unseal(b"")


def test_fingerprints_are_equal_for_equal_texts_of_one_kind_only():
    assert vault.fingerprint("nik", NIK) == vault.fingerprint("nik", NIK)
    assert len({vault.fingerprint(kind, NIK) for kind in vault.KINDS}) == len(vault.KINDS)
    assert len(vault.fingerprint("nik", NIK)) == 32
    before = vault.fingerprint("nik", NIK)
    vault.configure([OLD], NEW)
    assert vault.fingerprint("nik", NIK) != before


def test_an_unknown_kind_is_refused():
    with pytest.raises(VaultError, match="kind"):
        vault.fingerprint("shoe_size", "42")


def test_bulk_work_is_quick():
    start = time.perf_counter()
    for _ in range(20_000):
        vault.fingerprint("nik", NIK)
        vault.seal(NIK, context="participant.nik")
    assert time.perf_counter() - start < 2
