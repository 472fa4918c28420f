"""The words of the explainer: refusals of a contribution table or a calculation, sectors and who pays."""

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
    "subject.contribution_table": N_("tabel iuran"),
}
