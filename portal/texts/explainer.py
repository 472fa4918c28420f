"""The words of the explainer: refusals of a contribution table or a calculation, sectors and who pays."""

from decimal import Decimal
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.domain.contribution_tables import Bracket
from portal.texts.formats import num, rupiah
from portal.texts.marker import N_

REFUSALS = {
    "contributions.schema": N_(
        "Tabel iuran belum benar pada %(place)s: %(problem)s. Perbaiki, lalu muat lagi."
    ),
    "contributions.first_bracket": N_(
        "Golongan penghasilan pertama harus mulai dari 0. Perbaiki, lalu muat lagi."
    ),
    "contributions.last_bracket": N_(
        "Golongan penghasilan terakhir tidak boleh berbatas atas (to: null). Perbaiki, lalu muat lagi."
    ),
    "contributions.bracket_order": N_(
        "Golongan penghasilan yang mulai dari %(income)s bertumpuk dengan yang sebelumnya atau dasarnya lebih kecil."
        " Urutkan dari yang terkecil, lalu muat lagi."
    ),
    "contributions.relief_ends_first": N_(
        "Keringanan %(code)s berakhir sebelum mulai. Perbaiki bulannya, lalu muat lagi."
    ),
    "contributions.reliefs_meet": N_(
        "Keringanan %(code)s bertumpuk dengan keringanan lain. Pisahkan bulannya, lalu muat lagi."
    ),
    "contributions.income": N_("Isi penghasilan sebulan dalam rupiah, misalnya 2.000.000."),
    "contributions.months": N_("Pilih jumlah bulan, paling banyak %(most)s."),
    "contributions.no_table": N_("Belum ada tabel iuran untuk %(month)s. Pilih bulan lain."),
    "contributions.no_version": N_("Tabel iuran versi %(version)s tidak ada. Lihat daftarnya."),
    "explainer.no_picture": N_("Gambar ini tidak ada. Buka lagi dari buku saku."),
}

LABELS = {
    "sector.transport": N_("Angkutan: ojek, sopir, kurir"),
    "sector.other": N_("Pekerjaan lain"),
    "who_pays.mandiri": N_("Bayar sendiri"),
    "who_pays.donatur": N_("Dibayari donatur"),
    "who_pays.pemerintah": N_("Dibayari pemerintah"),
    "programme.JKK": N_("Kecelakaan kerja (JKK)"),
    "programme.JKM": N_("Kematian (JKM)"),
    "programme.JHT": N_("Hari tua (JHT)"),
    "act.contributions.installed": N_("Memasang tabel iuran bawaan"),
    "act.contributions.loaded": N_("Memuat tabel iuran"),
}


def in_words(amount: int) -> str:
    """Write a sum as one says it: Rp42 juta; one that is not of whole millions in digits."""
    millions, rest = divmod(amount, 1_000_000)
    if rest or not millions:
        return rupiah(amount)
    return str(_("Rp%(n)s juta", n=num(millions)))


def bracket_text(bracket: Bracket) -> str:
    """Write a bracket of incomes: Rp1.900.000–2.199.000."""
    if bracket.last is None:
        return str(_("%(first)s ke atas", first=rupiah(bracket.first)))
    if not bracket.first:
        return str(_("sampai %(last)s", last=rupiah(bracket.last)))
    return f"{rupiah(bracket.first)}–{num(bracket.last)}"


def share_text(share: Fraction) -> str:
    """Write a share as a percentage: 1%, 7,5%."""
    percent = share * 100
    places = next((n for n in range(5) if (percent * 10**n).denominator == 1), 4)
    return f"{num(Decimal(percent.numerator) / percent.denominator, places)}%"


def span_text(months: int) -> str:
    """Write a span of months, whole years as such: 3 bulan, 3 tahun."""
    years, rest = divmod(months, 12)
    if years and not rest:
        return str(ngettext("%(num)s tahun", "%(num)s tahun", years))
    return str(ngettext("%(num)s bulan", "%(num)s bulan", months))
