"""The words of the interface for programs: titles of problems, and what is wrong with a field."""

from portal.texts.marker import N_

REFUSALS = {
    "api.signed_out": N_("Anda perlu masuk dulu."),
    "api.stale_page": N_("Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu kirim lagi."),
    "api.first_password": N_("Ganti dulu kata sandi pertama Anda di halaman portal."),
    "api.bad_json": N_("Kiriman ini bukan JSON yang bisa dibaca."),
    "api.wrong_kind": N_("Jenis kiriman ini tidak diterima di alamat ini."),
    "api.fields": N_("Ada isian yang perlu diperbaiki."),
    "api.away": N_("Portal sedang tidak bisa menyimpan. Kirim lagi sebentar lagi."),
    "api.fault": N_("Ada kesalahan di portal (%(number)s). Kirim lagi sebentar lagi."),
    "api.http_400": N_("Permintaan ini tidak bisa dibaca."),
    "api.http_401": N_("Anda perlu masuk dulu."),
    "api.http_403": N_("Anda tidak boleh melakukan ini."),
    "api.http_404": N_("Alamat ini tidak ada."),
    "api.http_405": N_("Alamat ini tidak menerima cara kirim itu."),
    "api.http_409": N_("Keadaannya sudah berubah. Muat ulang, lalu coba lagi."),
    "api.http_413": N_("Kiriman ini terlalu besar."),
    "api.http_415": N_("Jenis kiriman ini tidak diterima di alamat ini."),
    "api.http_422": N_("Ada isian yang perlu diperbaiki."),
    "api.http_429": N_("Terlalu banyak percobaan. Tunggu sebentar."),
    "api.http_500": N_("Ada kesalahan di portal. Kirim lagi sebentar lagi."),
    "api.http_503": N_("Portal sedang tidak bisa dipakai. Coba lagi sebentar lagi."),
    "field.missing": N_("Bagian ini wajib diisi."),
    "field.unknown": N_("Bagian ini tidak dikenal."),
    "field.kind": N_("Isi bagian ini bukan jenis yang diminta."),
    "field.form": N_("Bagian ini tidak ditulis seperti yang diminta."),
    "field.too_many": N_("Paling banyak %(most)s."),
    "field.twice": N_("Nomor ini dipakai dua kali dalam kiriman yang sama."),
    "report.form_too_old": N_("Formulir ini sudah lama diganti. Muat ulang portal, lalu kirim lagi."),
    "report.consent_unknown": N_("Teks persetujuan ini tidak dikenal. Muat ulang portal, lalu tanya lagi."),
}

LABELS = {
    "problem.400": N_("Permintaan tidak terbaca"),
    "problem.401": N_("Belum masuk"),
    "problem.403": N_("Tidak boleh"),
    "problem.404": N_("Tidak ada"),
    "problem.405": N_("Cara kirim tidak diterima"),
    "problem.409": N_("Tidak cocok dengan yang tersimpan"),
    "problem.413": N_("Terlalu besar"),
    "problem.415": N_("Jenis kiriman tidak diterima"),
    "problem.422": N_("Isian perlu diperbaiki"),
    "problem.429": N_("Terlalu banyak percobaan"),
    "problem.500": N_("Kesalahan portal"),
    "problem.503": N_("Portal sedang tidak bisa dipakai"),
}
