"""The words of membership: refusals, states, reasons why something waits."""

from portal.texts.marker import N_

REFUSALS = {
    "extract.tick_to_skip": N_(
        "Centang ini untuk melewati %(count)s baris yang salah, atau buang berkas ini dan unggah yang sudah benar. "
        "Belum ada yang disimpan."
    ),
    "extract.as_of_future": N_(
        "Tanggal data %(day)s belum tiba. Isi tanggal saat data ini dibuat oleh BPJS."
    ),
    "extract.partly_paid": N_(
        "BLTH, TGL BAYAR, IURAN dan JENIS PEMBAYAR harus terisi semua atau kosong semua. Lengkapi baris ini."
    ),
    "extract.future_day": N_("Tanggal %(value)s belum tiba. Periksa baris ini di data aslinya."),
    "extract.unknown_pack": N_("Program «%(value)s» tidak dikenal. Tulis JKK,JKM atau JKK,JKM,JHT."),
    "membership.no_such_extract": N_("Data ini tidak ditemukan. Buka lagi dari daftar."),
    "membership.extract_done": N_(
        "Data ini sudah diterapkan, ditolak atau dibuang. Unggah lagi bila masih perlu."
    ),
    "membership.extract_begun": N_(
        "Data ini sedang diterapkan atau terhenti di tengah. Terapkan sampai selesai; tidak bisa dibuang."
    ),
    "membership.file_gone": N_("File ini sudah dihapus dari portal. Unggah sekali lagi."),
    "membership.not_ready": N_(
        "Pendaftaran ini belum bisa disahkan: belum cocok, belum ada iuran, atau sedang ditahan. "
        "Muat ulang halamannya."
    ),
    "membership.no_such_participant": N_("Peserta ini tidak ada di data BPJS. Pilih lagi dari daftar."),
    "membership.already_member": N_(
        "Orang ini masih membayar iuran menjelang pendaftaran, jadi sudah peserta. "
        "Tolak pendaftarannya dengan alasan itu."
    ),
    "membership.participant_taken": N_(
        "Peserta ini sudah dihitung untuk pendaftaran lain. Batalkan dulu yang itu bila keliru."
    ),
    "membership.no_dispute": N_("Tidak ada sengketa yang menunggu untuk NIK ini. Mungkin sudah diputuskan."),
    "membership.nothing_to_decide": N_(
        "Tidak ada lagi yang perlu diputuskan untuk pendaftaran ini. Buka lagi dari daftar."
    ),
    "membership.no_such_conflict": N_("Baris ini tidak ditemukan. Buka lagi dari daftar."),
    "membership.conflict_decided": N_(
        "Baris ini sudah diputuskan oleh orang lain. Lihat alasannya di daftar."
    ),
    "signups.reveal_cap": N_(
        "Sudah %(most)s NIK dibuka dalam 24 jam terakhir. Lanjutkan besok, atau minta admin."
    ),
    "signups.changed_meanwhile": N_(
        "Pendaftaran ini berubah sejak Anda membukanya. Lihat lagi, lalu putuskan."
    ),
    "signups.own_report": N_("Ini laporan Anda sendiri. Minta orang lain memutuskannya."),
    "signups.reason_missing": N_("Alasan wajib diisi, karena dibaca oleh kader. Tulis dengan satu kalimat."),
    "signups.dispute_first": N_("Pendaftaran ini masih disengketakan. Putuskan dulu sengketanya."),
    "signups.withdrawal_kind": N_("Pilih alasan pembatalan: salah cocok atau kecurangan."),
}

LABELS = {
    "participant_status.active": N_("aktif"),
    "participant_status.grace": N_("masa tenggang"),
    "participant_status.lapsed": N_("berhenti"),
    "extract_status.uploaded": N_("diunggah"),
    "extract_status.previewed": N_("sudah diperiksa"),
    "extract_status.applied": N_("diterapkan"),
    "extract_status.refused": N_("ditolak"),
    "extract_status.discarded": N_("dibuang"),
    "held_reason.match.nik_only": N_("NIK sama, tetapi nama atau tanggal lahir berbeda"),
    "held_reason.match.kpj_only": N_("KPJ sama, tetapi nama dan tanggal lahir berbeda"),
    "held_reason.match.several": N_("KPJ ini dipakai lebih dari satu peserta"),
    "held_reason.match.late": N_("terdaftar di BPJS lebih dari 60 hari sesudah dilaporkan"),
    "held_reason.match.taken": N_("peserta ini juga dilaporkan pada pendaftaran lain"),
    "held_reason.match.expired": N_("baru cocok sesudah kedaluwarsa"),
    "held_reason.match.person": N_("kecocokannya sudah dibatalkan oleh petugas"),
    "held_reason.history.registered": N_("terdaftar di BPJS di luar masa pendaftaran baru ini"),
    "held_reason.history.unpaid": N_("menurut data BPJS belum ada iuran sejak pendaftaran ini"),
    "held_reason.activity_returned": N_("laporan kegiatannya dikembalikan"),
    "held_reason.activity_rejected": N_("laporan kegiatannya ditolak"),
    "match_tier.T1": N_("NIK, tanggal lahir dan nama"),
    "match_tier.T2": N_("KPJ dengan tanggal lahir atau nama"),
    "match_tier.hand": N_("dipilih petugas"),
    "outcome.new": N_("peserta baru"),
    "outcome.reactivated": N_("aktif kembali"),
    "reject_code.already_member": N_("sudah menjadi peserta sebelum didaftarkan"),
    "reject_code.lost_dispute": N_("sengketa diputuskan untuk kader lain"),
    "reject_code.wrong_match": N_("dibatalkan: salah cocok"),
    "reject_code.fraud": N_("dibatalkan: kecurangan"),
    "reject_code.not_confirmed": N_("tidak terbukti di data BPJS"),
    "reject_code.not_a_worker": N_("bukan pekerja yang bisa didaftarkan"),
    "reject_code.removed_by_cadre": N_("ditarik oleh kader"),
    "signup_reject.already_member": N_("sudah menjadi peserta sebelum didaftarkan"),
    "signup_reject.lost_dispute": N_("sengketa diputuskan untuk kader lain"),
    "signup_reject.wrong_match": N_("dibatalkan: salah cocok"),
    "signup_reject.fraud": N_("dibatalkan: kecurangan"),
    "signup_reject.not_confirmed": N_("tidak terbukti di data BPJS"),
    "signup_reject.not_a_worker": N_("bukan pekerja yang bisa didaftarkan"),
    "conflict_status.open": N_("menunggu"),
    "conflict_status.accepted": N_("diganti"),
    "conflict_status.dismissed": N_("tetap"),
    "withdrawal.wrong_match": N_("Salah cocok: orangnya lain"),
    "withdrawal.fraud": N_("Kecurangan: poin dikurangi 50 lagi"),
    "signup_group.ready": N_("Siap disahkan"),
    "signup_group.held": N_("Perlu diputuskan"),
    "signup_group.unpaid": N_("Cocok, belum ada iuran"),
    "signup_group.unknown": N_("Belum ada di data BPJS"),
    "signup_group.disputed": N_("Sengketa"),
    "signup_group.expired": N_("Kedaluwarsa"),
    "signup_group.history": N_("Riwayat berbeda dari data BPJS"),
    "signup_group.validated": N_("Sah"),
    "signup_group.rejected": N_("Ditolak"),
    "signup_act.signup.reported": N_("dilaporkan"),
    "signup_act.signup.disputed": N_("menjadi sengketa"),
    "signup_act.signup.matched": N_("cocok dengan data BPJS"),
    "signup_act.signup.unmatched": N_("kecocokan dibatalkan"),
    "signup_act.signup.validated": N_("disahkan"),
    "signup_act.signup.rejected": N_("ditolak"),
    "signup_act.signup.withdrawn": N_("pengesahan dibatalkan"),
    "signup_act.signup.expired": N_("kedaluwarsa"),
    "signup_act.signup.dispute_won": N_("sengketa dimenangkan"),
    "signup_act.signup.dispute_left": N_("sengketa selesai: tidak ada lagi kader lain yang melaporkannya"),
    "signup_act.signup.linked": N_("dikenali di data BPJS"),
    "signup_act.signup.contradicted": N_("riwayat berbeda dari data BPJS"),
    "signup_act.signup.agreed": N_("riwayat tidak lagi berbeda dari data BPJS"),
    "signup_act.signup.kept": N_("riwayat tetap berlaku"),
    "signup_act.signup.held": N_("ditahan karena laporannya"),
    "signup_act.signup.let_go": N_("tidak ditahan lagi"),
    "signup_act.signup.nik_revealed": N_("NIK lengkap dibuka"),
    "signup_act.signup.removed": N_("ditarik oleh kader"),
    "signup_act.signup.imported": N_("diimpor"),
    "extract_column.nik_hash": N_("NIK"),
    "extract_column.kpj_hash": N_("KPJ"),
    "extract_column.name": N_("NAMA"),
    "extract_column.birth_date": N_("TGL LAHIR"),
    "extract_column.pack": N_("PROGRAM"),
    "extract_column.registered_on": N_("TGL DAFTAR PERTAMA"),
    "extract_column.branch_code": N_("KODE CABANG"),
    "extract_column.blth": N_("BLTH"),
    "extract_column.paid_on": N_("TGL BAYAR"),
    "extract_column.amount": N_("IURAN"),
    "extract_column.payer_type": N_("JENIS PEMBAYAR"),
    "payer.mandiri": N_("mandiri"),
    "payer.donatur": N_("donatur"),
    "payer.pemerintah": N_("pemerintah"),
}
