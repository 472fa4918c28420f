"""The words of activities: types, states, flags, reasons and refusals."""

from portal.texts.marker import N_

REFUSALS = {
    "activities.cadres_only": N_("Hanya kader yang mengirim laporan. Masuk dengan akun kader."),
    "activities.supervisors_only": N_("Hanya pembina cabang yang memutuskan laporan."),
    "activities.no_such": N_("Laporan ini tidak ada."),
    "activities.no_such_photo": N_("Foto ini tidak ada."),
    "activities.conflict": N_(
        "Laporan dengan nomor ini sudah terkirim dengan isi lain. Lihat daftar laporan Anda, "
        "lalu buat laporan baru."
    ),
    "activities.already_sent": N_(
        "Laporan ini sudah terkirim, jadi tidak bisa diubah. Lihat di daftar laporan Anda."
    ),
    "activities.too_many_drafts": N_(
        "Sudah ada %(most)s draf. Kirim atau hapus yang lama sebelum membuat laporan baru."
    ),
    "activities.draft_too_long": N_(
        "Draf ini terlalu panjang. Kirim dulu, lalu lanjutkan di laporan berikutnya."
    ),
    "activities.too_many_photos": N_(
        "Satu laporan memuat paling banyak %(most)s foto. Hapus satu lebih dulu."
    ),
    "activities.not_returned": N_("Laporan ini tidak sedang dikembalikan, jadi tidak perlu diperbaiki."),
    "activities.unknown_type": N_("Pilih jenis kegiatan dari daftar."),
    "activities.in_future": N_("Tanggal kegiatan masih di depan. Laporkan setelah kegiatannya selesai."),
    "activities.before_programme": N_("Program ini mulai tahun %(year)s. Periksa lagi tanggal kegiatan."),
    "activities.signup_day": N_("Tanggal pendaftaran harus sama dengan tanggal kegiatan."),
    "activities.attendance": N_("Isi jumlah hadir dengan angka sampai %(most)s, misalnya 24."),
    "activities.busy": N_("Laporan ini sedang diputus orang lain. Coba lagi sebentar."),
    "activities.changed": N_("Laporan ini berubah sejak Anda melihatnya. Muat ulang, lalu putuskan lagi."),
    "activities.already_approved": N_("Laporan ini sudah disetujui. Muat ulang untuk melihat hasilnya."),
    "activities.already_returned": N_("Laporan ini sudah dikembalikan ke kader. Tunggu perbaikannya."),
    "activities.already_rejected": N_("Laporan ini sudah ditolak. Lihat alasannya di halaman laporan."),
    "activities.reason_code": N_("Pilih alasan dari daftar."),
    "activities.reason_missing": N_("Tulis alasannya dalam satu kalimat. Kader membacanya."),
    "activities.flagged_singly": N_("Laporan bertanda diputus satu per satu. Buka laporannya."),
    "activities.batch_too_long": N_("Pilih paling banyak %(most)s laporan sekaligus."),
    "activities.unknown_cadre": N_("Kader %(code)s tidak dikenal. Impor data kader lebih dulu."),
    "activities.import_in_future": N_("Tanggal %(day)s masih di depan. Tulis tanggal yang sudah lewat."),
    "activities.other_content": N_(
        "Nomor %(ref)s sudah tersimpan dengan isi lain. Pakai nomor baru, atau samakan isinya."
    ),
    "activities.unknown_village": N_(
        "Kode desa «%(value)s» tidak ada dalam daftar wilayah. Periksa angkanya, atau kosongkan selnya."
    ),
    "activities.bad_village": N_("«%(value)s» bukan kode desa. Tulis 10 angka, misalnya 1671071005."),
    "report.bad_ref": N_("Nomor laporan tidak terbaca. Buka lagi halaman Lapor."),
}

LABELS = {
    "quality.first_time": N_("Laporan langsung disetujui"),
    "quality.match": N_("Pendaftaran cocok dengan data BPJS"),
    "quality.retention": N_("Peserta masih membayar"),
    "activity_type.mass_meeting": N_("Sosialisasi massal"),
    "activity_type.market_visit": N_("Kunjungan pasar"),
    "activity_type.community_meeting": N_("Pertemuan warga"),
    "activity_type.religious_meeting": N_("Pengajian atau ibadah"),
    "activity_type.base_visit": N_("Pangkalan ojek atau nelayan"),
    "activity_type.farmer_group": N_("Kelompok tani"),
    "activity_type.stand": N_("Gerai atau bazar"),
    "activity_type.door_to_door": N_("Ketuk pintu"),
    "activity_type.radio": N_("Siaran radio"),
    "activity_type.renewal_visit": N_("Kunjungan pengingat iuran"),
    "activity_hint.mass_meeting": N_("Aula, balai desa, undangan banyak orang"),
    "activity_hint.market_visit": N_("Pedagang di lapak atau kios"),
    "activity_hint.community_meeting": N_("RT, RW, arisan, PKK, posyandu"),
    "activity_hint.religious_meeting": N_("Masjid, gereja, pura, majelis taklim"),
    "activity_hint.base_visit": N_("Pangkalan ojek, tempat pelelangan ikan"),
    "activity_hint.farmer_group": N_("Petani, pekebun, peternak"),
    "activity_hint.stand": N_("Meja pendaftaran di acara atau hari bebas kendaraan"),
    "activity_hint.door_to_door": N_("Dari rumah ke rumah"),
    "activity_hint.radio": N_("Bicara di radio atau siaran langsung"),
    "activity_hint.renewal_visit": N_("Menemui peserta agar iurannya berlanjut"),
    "activity_status.draft": N_("draf"),
    "activity_status.submitted": N_("menunggu diperiksa"),
    "activity_status.approved": N_("disetujui"),
    "activity_status.returned": N_("dikembalikan"),
    "activity_status.rejected": N_("ditolak"),
    "activity_reason.photo_unreadable": N_("Foto tidak terbaca: foto ulang dari dekat, lalu kirim lagi"),
    "activity_reason.photo_missing": N_("Foto belum ada: tambahkan foto kegiatan"),
    "activity_reason.place_unclear": N_("Tempat kurang jelas: tulis nama tempat dan kelurahannya"),
    "activity_reason.date_wrong": N_("Tanggal keliru: periksa hari kegiatannya"),
    "activity_reason.attendance_unclear": N_("Jumlah hadir kurang jelas: lampirkan daftar hadir"),
    "activity_reason.signups_incomplete": N_("Data pendaftaran kurang: lengkapi bersama calon peserta"),
    "activity_reason.not_held": N_("Kegiatan tidak terjadi"),
    "activity_reason.duplicate_report": N_("Kegiatan ini sudah dilaporkan"),
    "activity_reason.photo_reused": N_("Foto sudah dipakai di laporan lain"),
    "activity_reason.not_outreach": N_("Bukan kegiatan penyuluhan"),
    "activity_reason.approved_by_mistake": N_("Persetujuan keliru"),
    "activity_reason.other": N_("Alasan lain"),
    "obstacle.candidate": N_("Anda masih calon kader, jadi belum bisa melapor"),
    "obstacle.uncertified": N_("Kelulusan pelatihan Anda belum tercatat, jadi belum bisa melapor"),
    "obstacle.certificate_over": N_("Sertifikat Anda sudah habis, jadi belum bisa melapor"),
    "obstacle.suspended": N_("Tugas Anda dihentikan sementara, jadi belum bisa melapor"),
    "obstacle.under_investigation": N_("Akun Anda sedang diperiksa, jadi belum bisa melapor"),
    "obstacle.ended": N_("Tugas Anda sebagai kader sudah berakhir"),
    "obstacle_do.candidate": N_(
        "Selesaikan pelatihan sampai lulus, lalu minta pembina cabang mengaktifkan Anda. "
        "Setelah itu Lapor terbuka sendiri."
    ),
    "obstacle_do.uncertified": N_(
        "Minta pembina cabang mencatat tanggal lulus Anda. Setelah itu Lapor terbuka sendiri."
    ),
    "obstacle_do.certificate_over": N_(
        "Minta pembina cabang kursi di angkatan pelatihan berikutnya. Setelah lulus lagi, Lapor terbuka sendiri. "
        "Yang sudah didapat tetap milik Anda."
    ),
    "obstacle_do.suspended": N_(
        "Tanyakan alasannya kepada pembina cabang. Poin dan insentif yang sudah didapat tetap milik Anda."
    ),
    "obstacle_do.under_investigation": N_(
        "Tanyakan kepada pembina cabang sampai kapan. Poin dan insentif yang sudah didapat tetap milik Anda."
    ),
    "obstacle_do.ended": N_(
        "Laporan lama, poin dan insentif tetap bisa dilihat. Hubungi kantor cabang bila ini keliru."
    ),
    "flag_short.photo_alike": N_("Foto mirip"),
    "flag_short.event_reported": N_("Acara sudah dilaporkan"),
    "flag_short.nik_odd": N_("NIK janggal"),
    "flag_short.phone_shared": N_("1 HP dipakai bersama"),
    "flag_short.sent_late": N_("Dikirim terlambat"),
    "flag_short.clock_off": N_("Jam HP meleset"),
    "flag_short.filled_quickly": N_("Diisi sangat cepat"),
    "flag_short.disputed": N_("Sengketa"),
    "flag_short.no_photo": N_("Tanpa foto"),
    "flag_short.no_attendance": N_("Tidak ada yang hadir"),
    "flag_means.disputed": N_(
        "Pekerja yang sama dilaporkan kader lain juga. Validator atau admin yang memutuskan siapa yang dihitung; "
        "keputusan Anda di sini hanya tentang kegiatannya."
    ),
    "flag_means.no_photo": N_(
        "Bisa jadi HP atau sinyal bermasalah; siaran radio memang tanpa foto. Minta fotonya bila ragu."
    ),
    "flag_means.photo_alike": N_("Bisa jadi tempat yang sama difoto lagi. Bandingkan kedua fotonya."),
    "flag_means.event_reported": N_("Bisa jadi acara agenda yang sama. Bandingkan dengan laporan itu."),
    "flag_means.nik_odd": N_(
        "NIK lama bisa memuat tanggal atau wilayah yang keliru. Minta kader melihat KTP lagi."
    ),
    "flag_means.phone_shared": N_("Bisa jadi satu keluarga memakai satu HP. Tanyakan kepada kader."),
    "flag_means.sent_late": N_("Bisa jadi sinyal atau HP bermasalah. Poinnya tetap ikut tanggal kegiatan."),
    "flag_means.clock_off": N_("Jam HP ini keliru lebih dari 10 menit. Tanggalnya tetap diperiksa portal."),
    "flag_means.filled_quickly": N_("Bisa jadi sudah dicatat di kertas lebih dulu. Tanyakan bila ragu."),
    "flag_means.no_attendance": N_(
        "Siaran radio memang tanpa daftar hadir. Untuk pertemuan, tanyakan jumlahnya."
    ),
}
