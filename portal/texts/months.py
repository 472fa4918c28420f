"""The words of months."""

from portal.texts.marker import N_

REFUSALS = {
    "months.before_first": N_(
        "Bulan %(month)s mendahului bulan pertama yang bisa ditutup, %(first)s. Pilih %(first)s."
    ),
    "months.earlier_open": N_("Bulan %(earlier)s belum ditutup. Tutup %(earlier)s dulu, baru %(month)s."),
    "months.not_ended": N_(
        "Bulan %(month)s belum berakhir di semua zona waktu. Tunggu sampai hari terakhirnya lewat di WIB."
    ),
    "months.too_early": N_(
        "Bulan %(month)s baru bisa ditutup mulai %(moment)s. Tunggu, atau tutup lebih awal bila memang perlu."
    ),
    "months.closed": N_("Bulan %(month)s sudah ditutup dan tidak berubah lagi."),
    "months.unknown": N_("Bulan %(month)s tidak ada di portal ini."),
    "months.no_reason": N_("Tulis alasan, supaya yang memeriksa nanti tahu mengapa."),
}

LABELS = {
    "month_status.open": N_("terbuka"),
    "month_status.closed": N_("ditutup"),
    "month_blocker.earlier_open": N_("Bulan sebelumnya belum ditutup"),
    "month_blocker.not_ended": N_("Bulan ini masih berjalan"),
    "month_blocker.no_extract": N_("Menunggu data BPJS sampai hari terakhir bulan ini"),
    "month_blocker.too_early": N_("Belum sampai saat tutup"),
    "month_blocker.None": N_("Siap ditutup"),
}
