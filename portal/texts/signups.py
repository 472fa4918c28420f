"""The words of sign-ups."""

from portal.texts.marker import N_

# The text a worker agrees to; a changed text is a new version (rules.md 9.2).
CONSENT_VERSION = "2026-11"
CONSENT_TEXT = N_(
    "Calon peserta setuju datanya (nama, NIK, tanggal lahir, nomor HP, pekerjaan) dikirim ke "
    "BPJS Ketenagakerjaan untuk didaftarkan sebagai peserta bukan penerima upah, dicocokkan dengan data resmi, "
    "dan dipakai untuk pengingat iuran. Persetujuan dapat ditarik lewat kantor cabang."
)

REFUSALS = {
    "signups.already_yours": N_(
        "Orang ini sudah Anda laporkan pada %(day)s (nomor %(ref)s). Hapus dari laporan ini; "
        "yang pertama tetap berlaku."
    ),
    "signups.own_nik": N_("NIK %(name)s adalah NIK Anda sendiri. Laporkan orang lain, bukan diri sendiri."),
    "signups.own_phone": N_(
        "Nomor HP %(name)s adalah nomor Anda sendiri. Isi nomor calon peserta, atau kosongkan."
    ),
    "signups.consent_missing": N_(
        "Persetujuan %(name)s belum dicentang. Centang bila calon peserta sudah setuju."
    ),
    "signups.name_missing": N_("Nama calon peserta masih kosong. Isi nama sesuai KTP."),
    "signups.birth_date": N_("Tanggal lahir %(name)s tidak mungkin. Periksa lagi KTP."),
    "signups.ref_taken": N_(
        "Pendaftaran %(name)s sudah pernah dikirim dengan isi lain. Hapus dari laporan ini, lalu isi lagi."
    ),
    "signups.busy": N_("Data ini sedang diubah orang lain. Coba lagi sebentar."),
    "signups.not_removable": N_(
        "Pendaftaran ini sudah diproses, jadi tidak bisa dihapus. Hubungi pembina bila datanya salah."
    ),
    "signups.purpose_missing": N_("Tulis dulu untuk apa NIK dilihat, misalnya: mencocokkan dengan KTP asli."),
    "signups.no_such": N_("Pendaftaran ini tidak ada."),
    "signups.unknown_cadre": N_("Kader %(code)s tidak dikenal. Impor data kader lebih dulu."),
    "signups.in_future": N_("Tanggal %(day)s masih di depan. Tulis tanggal yang sudah lewat."),
    "signups.other_content": N_(
        "Nomor %(ref)s sudah tersimpan dengan isi lain. Pakai nomor baru, atau samakan isinya."
    ),
    "signups.twice_in_file": N_(
        "Nomor %(ref)s dipakai dua kali dengan isi berbeda. Pakai nomor yang berbeda."
    ),
}

LABELS = {
    "signup_status.reported": N_("dilaporkan"),
    "signup_status.matched": N_("cocok"),
    "signup_status.validated": N_("sah"),
    "signup_status.rejected": N_("ditolak"),
    "signup_status.disputed": N_("sengketa"),
    "signup_status.expired": N_("kedaluwarsa"),
    "signup_group.open": N_("Menunggu"),
    "signup_group.disputed": N_("Sengketa"),
    "signup_group.validated": N_("Sah"),
    "signup_group.expired": N_("Kedaluwarsa"),
    "signup_group.rejected": N_("Ditolak"),
    "programmes.JKK,JKM": N_("2 program"),
    "programmes.JKK,JKM,JHT": N_("3 program"),
    "signup_warning.nik.birth_date_differs": N_("Tanggal lahir di NIK berbeda dari yang ditulis"),
    "signup_warning.nik.unknown_region": N_("Kode wilayah NIK tidak ada di daftar"),
    "signup_warning.kpj.letters": N_("KPJ lama berisi huruf"),
    "signup_reject.removed_by_cadre": N_("dihapus kader dari laporan"),
}
