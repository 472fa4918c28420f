"""What makes a password too easy: length, words everybody tries, runs of keys, and the own name or phone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from portal.domain.errors import RuleBroken

LEAST = 10
MOST = 1024  # longer texts are nobody's password: they are refused before they cost a hash

# What leaked lists and Indonesian habits put at the top; digits and signs around such a word save nothing.
COMMON = frozenset(
    """
    password passwd pass passw kata sandi katasandi sandi rahasia katakunci kunci masuk login admin
    administrator superadmin root user username guest test testing tester default changeme change welcome
    selamat selamatdatang letmein iloveyou ilovyou loveyou love lovely sayang sayangku cinta cintaku cintaaku
    akucintakamu akusayangkamu sayangkamu akusayang sayangmama sayangibu mamapapa papamama mamaku ibuku ayahku
    bapakibu ibubapak keluarga keluargaku anakku anak istriku suamiku sahabat teman kangen rindu cantik
    ganteng manis imut
    indonesia indonesiaku indonesiaraya merdeka garuda pancasila merahputih bhinneka nusantara
    jakarta bandung surabaya palembang medan semarang makassar jayapura papua bali jawa sumatera sumatra
    kalimantan sulawesi yogyakarta jogja bekasi bogor depok tangerang ambon manado pontianak padang lampung
    sriwijaya wongkito musi ampera pempek bismillah bismilah bismillahirrahmanirrahim alhamdulillah
    alhamdulilah subhanallah astagfirullah astaghfirullah allahuakbar assalamualaikum assalamualaikumwrwb
    insyaallah insyaalloh masyaallah muhammad muhammadsaw allah islam muslim muslimah quran sholat shalat
    ramadhan ramadan lebaran yesus jesus jesuschrist tuhan tuhanyesus kristus haleluya haleluyah amin
    bpjs bpjsketenagakerjaan bpjstk bpjskesehatan jamsostek ketenagakerjaan perisai kader kaderpenggerak
    portalkader portal agen agenperisai pembina cabang peserta iuran jaminan jkk jkm jht
    qwerty qwertyuiop qwertyui qwert asdf asdfgh asdfghjkl asdfghjk zxcv zxcvbn zxcvbnm qazwsx qazwsxedc
    qweasd qweasdzxc qwer qweqwe asdasd zxczxc abc abcd abcde abcdef abcdefg abcdefgh abcdefghij abcabc aaa
    princess dragon monkey football sunshine shadow master superman batman michael jordan liverpool chelsea
    arsenal barcelona realmadrid manchesterunited persib persija persebaya arema naruto sasuke onepiece
    pokemon doraemon freefire mobilelegend mobilelegends google facebook instagram whatsapp youtube android
    samsung xiaomi oppo vivo iphone computer komputer internet secret trustno whatever starwars hello
    hellokitty freedom baseball michelle jessica ashley daniel charlie andrew thomas joshua
    januari februari maret april mei juni juli agustus september oktober november desember senin selasa rabu
    kamis jumat sabtu minggu january february march june july august october december monday tuesday
    wednesday thursday friday saturday sunday summer winter spring autumn
    bintang bulan matahari mawar melati bunga kucing kelinci harimau singa gajah naga kupukupu pelangi
    sukses semangat berkah barokah bahagia gembira sehat jaya makmur sentosa uang rezeki dompet gaji
    budi agus siti dewi ratna wati sri rina rini yanti yanto joko bambang slamet eko dwi tri putra putri
    ahmad achmad mohammad abdul nur fitri aisyah fatimah rizky rizki dian indah lestari wulan ayu
    """.split()  # noqa: SIM905 - a block of words is easier to read and to add to than a list of strings
)
_RUNS = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiopasdfghjklzxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn",
)
_LEET = str.maketrans("013457@$!", "oieastasi")
_NOT_LETTERS = re.compile(r"[^a-z]+")
_DECORATION = re.compile(r"^[^a-z]+|[^a-z]+$")
_DATE_LIKE = re.compile(r"[0-9]{1,8}")


def check_password(password: str, *, names: Iterable[str] = (), numbers: Iterable[str] = ()) -> None:
    """Raise RuleBroken for a password that others would guess.

    Codes: password.too_short (need), password.too_long, password.common, password.own_name. `names` are the
    person's name and e-mail address, `numbers` phone numbers; parts of three letters or more count.
    """
    if len(password) < LEAST:
        raise RuleBroken("password.too_short", {"need": LEAST})
    if len(password) > MOST:
        raise RuleBroken("password.too_long", {"most": MOST})
    if is_common(password):
        raise RuleBroken("password.common")
    if _is_own(password.casefold(), names, numbers):
        raise RuleBroken("password.own_name")


def is_common(password: str) -> bool:
    """Tell whether a password is few signs, a run of keys, or well-known words and their decoration."""
    bare = password.casefold().strip()
    if len(set(bare)) < 4 or _is_run(bare) or _is_repeated(bare):
        return True
    core = _DECORATION.sub("", bare)
    return any(_is_made_of_words(_NOT_LETTERS.sub("", text), bare) for text in (bare, core.translate(_LEET)))


def _is_run(bare: str) -> bool:
    """Recognise a walk along the keys or the alphabet, with at most two signs around it."""
    compact = re.sub(r"[\W_]+", "", bare)
    return any(
        compact[start : start + length] in run
        for run in _RUNS
        for length in range(max(len(compact) - 2, 8), len(compact) + 1)
        for start in range(len(compact) - length + 1)
    )


def _is_repeated(bare: str) -> bool:
    """Recognise a short piece said again and again."""
    return any(
        len(bare) % size == 0 and bare[:size] * (len(bare) // size) == bare
        for size in range(1, len(bare) // 2 + 1)
    )


def _is_made_of_words(letters: str, bare: str) -> bool:
    """Tell whether the letters are one to three common words and the rest is decoration (digits, a sign)."""
    if not letters:
        digits = re.sub(r"[^0-9]", "", bare)
        return len(bare) == len(digits) and bool(_DATE_LIKE.fullmatch(digits))
    return _splits(letters, 3)


def _splits(letters: str, most: int) -> bool:
    """Tell whether the letters are at most so many common words in a row."""
    if letters in COMMON:
        return True
    return most > 1 and any(
        letters[:cut] in COMMON and _splits(letters[cut:], most - 1) for cut in range(3, len(letters) - 1)
    )


def _is_own(bare: str, names: Iterable[str], numbers: Iterable[str]) -> bool:
    """Tell whether hardly anything is left once the own name, address and phone are taken out."""
    left = bare
    for number in numbers:
        digits = re.sub(r"[^0-9]", "", number)[-9:]
        if len(digits) >= 6:
            left = left.replace(digits, "")
            digits_only = re.sub(r"[^0-9]", "", left)
            if digits in digits_only:
                left = re.sub(r"[0-9]", "", left)
    parts = {part for name in names for part in re.split(r"[\W_]+", name.casefold()) if len(part) >= 3}
    for part in sorted(parts, key=len, reverse=True):
        left = left.replace(part, "")
    return left != bare and len(re.sub(r"[\W_0-9]+", "", left)) < 4
