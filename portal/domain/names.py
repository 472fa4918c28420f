"""Names of people: normalising, scoring likeness, and cleaning any typed text."""

from __future__ import annotations

import re
import unicodedata

from portal.domain.errors import RuleBroken

ALIKE_WITH_NIK = 800  # per mille, T1 (rules.md 5.1)
ALIKE_WITH_KPJ = 850  # per mille, T2
MIN_REASON = 3
MIN_PURPOSE = 5

_VARIANTS = {
    "MUHAMMAD": """MUHAMAD MOHAMMAD MOHAMAD MOHAMMED MOHAMED MUHAMMED MUHAMED MOCHAMMAD MOCHAMAD
        MUCHAMMAD MUCHAMAD MOKHAMMAD MOKHAMAD MUKHAMMAD MUKHAMAD MUHAMMAT MUHAMAT MOHAMAT MOH MOHD MOCH
        MOKH MUH MUHD MUCH MHD MHMD MD""",
    "AHMAD": "ACHMAD AKHMAD AHMED ACHMED AHMAT ACHMAT ACH AKH AHM",
    "ABDUL": "ABD ABDL",
    "KIAGUS": "KGS",
    "KEMAS": "KMS",
    "MASAYU": "MSY",
    "MASAGUS": "MGS",
}
_BEFORE = """H HJ HAJI HAJJAH KH KHJ IR DR DRS DRA DRG DRH PROF USTADZ USTAZ USTAD NY TN SDR SDRI BPK BAPAK
    IBU ALM"""
_AFTER = """ST SE SH SS SI SAG SAP SHI SHUT SIKOM SIP SKED SKEP SKG SKH SKM SKOM SP SPD SPDI SPI SPSI SPT
    SSI SSN SSOS STP STR STRKEB SFARM SPAK AMD AMDKEB AMDKEP AMK AMA NS BA BSC BBA MA MAG MAP MBA ME MH
    MHUM MIP MKES MKM MKOM MM MPD MPDI MPH MSC MSI MSOS MT PHD HJ ALMH SKEPNS SEI SSTP SST LC"""

_SPELLINGS = {variant: name for name, variants in _VARIANTS.items() for variant in variants.split()}
_TITLES_BEFORE = frozenset(_BEFORE.split())
_TITLES_AFTER = frozenset(_AFTER.split())
_GAPS = re.compile(r"[\s,;/_\-\u2010-\u2015]+")
_QUOTES = re.compile(r"['’‘`´\"“”ʼʻ()]+")
_NOT_SEEN = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_WHITE = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\r\n?|\x85|\u2028|\u2029")


def clean_text(text: str, *, limit: int, lines: bool = False) -> str:
    """Bring typed text to NFC, drop invisible characters and collapse white space.

    Line ends stay with ``lines=True``. Raises RuleBroken "text.control_characters" (NUL, escape, a lone
    surrogate …) or "text.too_long" (have, need).
    """
    clean = _NOT_SEEN.sub("", unicodedata.normalize("NFC", text))
    if lines:
        unified = _BLANKS.sub(" ", _LINE_ENDS.sub("\n", clean))
        clean = re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", unified)).strip()
    else:
        clean = _WHITE.sub(" ", clean).strip()
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign != "\n" for sign in clean):
        raise RuleBroken("text.control_characters")
    if len(clean) > limit:
        raise RuleBroken("text.too_long", {"have": len(clean), "need": limit})
    return clean


def check_reason(
    text: str, code: str, *, least: int = MIN_REASON, limit: int = 500, lines: bool = False
) -> str:
    """Return a typed reason or purpose, cleaned; raise RuleBroken(code) for one that is too short to say anything."""
    clean = clean_text(text, limit=limit, lines=lines)
    if len(clean) < least:
        raise RuleBroken(code)
    return clean


def _tokens(text: str) -> list[str]:
    """Split at gaps, and at dots unless the dotted word is a known title such as S.Pd.I."""
    tokens: list[str] = []
    for word in _GAPS.split(_QUOTES.sub("", text)):
        joined = word.replace(".", "")
        if joined in _TITLES_AFTER or joined in _TITLES_BEFORE:
            tokens.append(joined)
        else:
            tokens.extend(part for part in word.split(".") if part)
    return tokens


def _title_length(tokens: list[str]) -> int:
    """Count the tokens of a title at the end: 1 for SPD, 2 for S PD, 0 for none."""
    if tokens and tokens[-1] in _TITLES_AFTER:
        return 1
    two = len(tokens) > 1 and len(tokens[-2]) == 1 and "".join(tokens[-2:]) in _TITLES_AFTER
    return 2 if two else 0


def normalise_name(text: str) -> str:
    """Upper-case, drop titles and unify common spellings; a name that consists of titles keeps one of them."""
    tokens = _tokens(unicodedata.normalize("NFC", _NOT_SEEN.sub("", text)).upper())
    start, end = 0, len(tokens)
    while start < end - 1 and tokens[start] in _TITLES_BEFORE:
        start += 1
    while (length := _title_length(tokens[start + 1 : end])) > 0:
        end -= length
    kept = tokens[start:end]
    if len(kept) > 1 and kept[0] == "M":
        kept[0] = "MUHAMMAD"
    return " ".join(_SPELLINGS.get(token, token) for token in kept)


def name_score(a: str, b: str) -> int:
    """Score how alike two names are, 0 to 1000: the better of Jaro-Winkler and the token-sorted ratio.

    Symmetric. Exact integers, rounded down, so that a threshold is met only if the true value meets it.
    """
    if a.upper() == b.upper() and any(map(str.isalnum, a)):
        return 1000  # most pairs: nothing to normalise
    return score_normalised(normalise_name(a), normalise_name(b))


def score_normalised(a: str, b: str) -> int:
    """Score two names that are normalised already (the rows of an extract are normalised once)."""
    if not a or not b:
        return 0
    if a == b:
        return 1000
    return max(_jaro_winkler(a, b), _token_sorted_ratio(a, b))


def _jaro_winkler(a: str, b: str) -> int:
    """Give Jaro-Winkler per mille, rounded down; the prefix counts only above 0.7, as Winkler has it."""
    matched_a, matched_b = _common(a, b)
    m = len(matched_a)
    if m == 0:
        return 0
    t = sum(x != y for x, y in zip(matched_a, matched_b, strict=True)) // 2
    over = 3 * len(a) * len(b) * m
    part = m * m * (len(a) + len(b)) + (m - t) * len(a) * len(b)
    if 10 * part <= 7 * over:
        return 1000 * part // over
    prefix = 0
    while prefix < min(4, len(a), len(b)) and a[prefix] == b[prefix]:
        prefix += 1
    return 1000 * (10 * part + prefix * (over - part)) // (10 * over)


def _common(a: str, b: str) -> tuple[list[str], list[str]]:
    """List the characters of each that have a partner within the Jaro window, in their own order.

    The shorter text leads; of two of equal length, the smaller one. That makes the score symmetric.
    """
    if (len(a), a) > (len(b), b):
        a, b = b, a
    window = max(len(b) // 2 - 1, 0)
    taken = [False] * len(b)
    matched = []
    for place, sign in enumerate(a):
        for other in range(max(0, place - window), min(len(b), place + window + 1)):
            if not taken[other] and b[other] == sign:
                taken[other] = True
                matched.append(sign)
                break
    return matched, [sign for sign, used in zip(b, taken, strict=True) if used]


def _token_sorted_ratio(a: str, b: str) -> int:
    """Give 2 x LCS / (both lengths) of the names with their words sorted, per mille, rounded down."""
    left, right = " ".join(sorted(a.split())), " ".join(sorted(b.split()))
    return 2000 * _common_subsequence(left, right) // (len(left) + len(right))


def _common_subsequence(a: str, b: str) -> int:
    """Give the length of the longest common subsequence, bit-parallel (Hyyro 2004)."""
    places: dict[str, int] = {}
    for place, sign in enumerate(a):
        places[sign] = places.get(sign, 0) | 1 << place
    full = (1 << len(a)) - 1
    row = full
    for sign in b:
        hits = row & places.get(sign, 0)
        row = ((row + hits) | (row - hits)) & full
    return len(a) - row.bit_count()
