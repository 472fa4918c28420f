"""The words for what portal/domain refuses or flags, whichever room asked it."""

from portal.texts.marker import N_

REFUSALS = {
    "account.may_not_confirm": N_(
        "Anda tidak boleh menyatakan rekening ini benar. Minta pemiliknya atau petugas keuangan."
    ),
    "account.may_not_enter": N_(
        "Anda tidak boleh mengisi rekening ini. Minta pemilik rekening atau petugas keuangan."
    ),
    "account.may_not_verify": N_("Peran Anda tidak boleh memverifikasi rekening. Minta petugas keuangan."),
    "account.own_entry": N_("Rekening ini Anda isi sendiri. Minta petugas lain memverifikasinya."),
    "activity.unknown_type": N_("Jenis kegiatan “%(type)s” tidak dikenal. Pilih dari daftar."),
    "cadre.not_active": N_("Status kader belum aktif. Hubungi pembina cabang Anda."),
    "cadre.certificate_over": N_(
        "Sertifikat Anda sudah habis, dan batas melapor lewat. Ikuti pelatihan lagi dulu."
    ),
    "cadre.not_certified": N_("Pelatihan belum lulus. Selesaikan pelatihan, lalu kirim laporan."),
    "code.characters": N_("Kode “%(text)s” memuat koma, tanda kutip, atau ganti baris. Hapus tanda itu."),
    "decision.own_report": N_("Laporan ini milik Anda sendiri. Petugas lain yang memutuskan."),
    "kpj.characters": N_("KPJ hanya berisi angka dan huruf. Periksa lagi kartunya."),
    "kpj.length": N_("KPJ berisi %(have)s karakter, seharusnya %(need)s. Periksa lagi kartunya."),
    "period.malformed": N_(
        "“%(text)s” bukan bulan, triwulan, atau tahun. Tulis misalnya 2026-10, 2026-Q4, 2026, atau ALL."
    ),
    "month.malformed": N_("“%(text)s” bukan bulan. Tulis tahun dan bulan, misalnya 2026-10."),
    "nik.date": N_("Angka ke-7 sampai ke-10 NIK bukan tanggal lahir yang mungkin. Periksa lagi KTP."),
    "nik.length": N_("NIK berisi %(have)s angka, seharusnya %(need)s. Periksa lagi KTP."),
    "nik.letters": N_("NIK hanya berisi angka. Periksa huruf O dan angka 0, huruf l dan angka 1."),
    "nik.region": N_("NIK tidak mungkin diawali 00. Periksa lagi KTP."),
    "nik.repeated": N_("Nomor ini bukan NIK sungguhan. Salin NIK dari KTP."),
    "nik.serial": N_("Empat angka terakhir NIK tidak mungkin 0000. Periksa lagi KTP."),
    "pack.unknown": N_("Paket program “%(text)s” tidak dikenal. Pilih JKK,JKM atau JKK,JKM,JHT."),
    "payouts.own_batch": N_(
        "Daftar pencairan ini Anda siapkan sendiri. Petugas keuangan lain yang memutuskan."
    ),
    "payouts.totals_differ": N_(
        "Jumlah baris atau total tidak sama: tercatat %(count)s baris Rp%(total)s,"
        " isinya %(rows)s baris Rp%(sum)s."
        " Berkas tidak dibuat; laporkan kepada admin."
    ),
    "phone.malformed": N_("Nomor ponsel tidak lengkap. Tulis seperti 0812 7744 1903."),
    "plan.band_reversed": N_("Rentang bulan iuran %(first)s–%(last)s terbalik. Tukar awal dan akhirnya."),
    "plan.bands_overlap": N_(
        "Rentang bulan iuran %(first)s–%(last)s bertumpuk dengan rentang lain. Pisahkan."
    ),
    "plan.component_twice": N_("Komponen %(component)s tertulis dua kali. Sisakan satu."),
    "second_person.needed": N_("Langkah ini perlu orang kedua. Minta rekan Anda menyetujuinya."),
    "second_person.same_hands": N_(
        "Akun Anda dan akun orang pertama belum dihitung dua orang: dalam %(days)s hari terakhir salah satunya"
        " membuat akun atau menyetel ulang kata sandi yang lain, atau satu admin melakukannya untuk keduanya."
        " Minta rekan lain."
    ),
    "state.not_possible": N_("Status sudah berubah, jadi langkah ini tidak bisa lagi. Muat ulang halaman."),
    "text.control_characters": N_("Teks memuat tanda yang tidak terbaca. Ketik ulang tanpa menyalin."),
    "text.too_long": N_("Teks berisi %(have)s karakter, paling banyak %(need)s. Ringkaslah."),
    "zone.unknown": N_("Zona waktu “%(zone)s” tidak dikenal. Pilih WIB, WITA, atau WIT."),
}

LABELS = {
    "warning.nik.birth_date_differs": N_("Tanggal lahir berbeda dengan NIK"),
    "warning.nik.unknown_region": N_("Kode wilayah NIK tidak dikenal"),
    "waiting.match.nik_only": N_("NIK sama, nama atau tanggal lahir berbeda"),
    "waiting.match.kpj_only": N_("KPJ sama, nama dan tanggal lahir berbeda"),
    "waiting.match.none": N_("Belum ada di data resmi"),
    "payout_hold.held.not_active": N_("Kader tidak aktif"),
    "payout_hold.held.no_account": N_("Rekening belum ada"),
    "payout_hold.held.account_unverified": N_("Rekening belum diverifikasi"),
    "payout_hold.held.account_failed": N_("Rekening ditolak bank"),
    "payout_hold.held.account_waiting": N_("Rekening baru, masih masa tunggu"),
}
