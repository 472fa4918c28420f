"""The words of coverage."""

from portal.texts.marker import N_

REFUSALS = {
    "coverage.twice_in_file": N_(
        "Kelurahan %(code)s untuk tahun %(year)s ada dua kali di file ini dengan isi berbeda. Sisakan satu."
    ),
    "coverage.no_such_region": N_("Kantor wilayah itu tidak ada. Buka lagi dari menu."),
    "coverage.month_over": N_("%(month)s sudah lewat. Sasaran hanya untuk bulan ini atau bulan berikutnya."),
    "coverage.month_far": N_("%(month)s masih jauh. Sasaran hanya untuk bulan ini atau bulan berikutnya."),
}
