"""The words of running an instance and keeping its backups."""

from portal.texts.marker import N_

REFUSALS = {
    "backup.use_pg_dump": N_(
        "Basis data ini PostgreSQL. Cadangkan dengan pg_dump dan salin folder media; lihat docs/operations.md.",
    ),
    "backup.nothing_there": N_("Belum ada basis data %(file)s. Jalankan dulu: portal db upgrade."),
    "backup.not_whole": N_("Salinan basis data tidak utuh: %(found)s. Jangan pakai salinan ini."),
    "backup.not_empty": N_("Instans ini sudah berisi. Pulihkan hanya ke instans kosong."),
    "backup.unreadable": N_("Berkas %(file)s bukan cadangan portal yang utuh. Pakai berkas cadangan lain."),
    "backup.needs_identity": N_(
        "Berkas %(file)s terenkripsi. Tambahkan --identity BERKAS dengan kunci age yang membukanya.",
    ),
    "backup.needs_passphrase": N_(
        "Berkas %(file)s terenkripsi dengan kata kunci. Tambahkan --passphrase-file BERKAS.",
    ),
    "backup.wrong_key": N_(
        "Kunci atau kata kunci ini tidak membuka %(file)s. Pakai yang dipakai saat mencadangkan.",
    ),
    "demo.production": N_("Ini lingkungan produksi. Data contoh tidak dimuat di sini; pakai instans lain."),
    "demo.not_empty": N_("Basis data ini sudah berisi kader. Muat data contoh hanya ke basis data kosong."),
    "demo.in_future": N_("Tanggal %(day)s belum tiba. Pakai hari ini atau hari sebelumnya."),
    "backup.other_keys": N_(
        "Kunci instans ini berbeda dari kunci saat dicadangkan. Salin dulu kunci aslinya ke instance/.",
    ),
}
