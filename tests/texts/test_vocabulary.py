"""One word for one thing: words that a first reader stumbled over are in no text of the pages."""

import re

import pytest
from texts.test_translations import messages

__all__ = ["messages"]

# What was said -> what is said now.
REPLACED = {
    r"akuisisi": "Insentif peserta baru",
    r"tervalidasi|divalidasi|\bvalid\b": "sah, disahkan",
    r"dibekukan saat": "Dicatat saat bulan ditutup",
    r"digest|\bsidik\b": "segel",
    r"dengan mana": "untuk",
    r"orangnya membuka": "Minta ia menekan",
    r"pelan-pelan": "Coba ketik lagi.",
    r"bruto, dari data": "sebelum pajak, sudah cocok dengan BPJS",
    r"dibayar sampai": "iuran terakhir untuk",
    r"peserta membayar \d": "sudah membayar",
    r"kader aktif punya poin": "kader aktif yang sudah dapat poin",
    r"poin yang perlu dicapai": "Poin untuk masuk kelompok ini",
    r"baris belum benar": "Baris salah",
    r"\bkeadaan\b": "Status",
    r"batch": "daftar",
    r"perlu rekan": "menunggu petugas kedua",
    r"hadir kosong": "Tidak ada yang hadir",
    r"(?-i:^awal$)": "sejak awal",
    r"sudah dicatat, kembali": "Sudah saya catat",
    r"ketentuan adalah data": "Tiap perubahan jadi versi baru, disetujui admin lain.",
}


@pytest.mark.parametrize("word", REPLACED)
def test_no_text_says_what_was_replaced(messages, word):
    english = {
        text for text in messages if text.startswith(("Not a ", "Invalid "))
    }  # keys of WTForms' own messages
    said = {text: re.sub(r"%\(\w+\)s", "", text) for text in messages - english}
    found = [text for text, words in said.items() if re.search(word, words, re.IGNORECASE)]

    assert found == [], f"say instead: {REPLACED[word]}"
