"""The words of payouts."""

from portal.texts.marker import N_

REFUSALS = {
    "payouts.no_such_batch": N_("Daftar pencairan ini tidak ada. Kembali ke halaman Pencairan."),
    "payouts.finance_only": N_("Pencairan hanya untuk petugas keuangan. Minta rekan di bagian keuangan."),
    "payouts.nothing_payable": N_(
        "Belum ada insentif yang siap dicairkan sampai bulan itu. Lihat yang ditahan."
    ),
    "payouts.row_held_since": N_(
        "%(count)s pembayaran tertahan sejak daftar ini disiapkan, yang pertama %(name)s (%(code)s)."
        " Keluarkan pembayaran itu dari daftar, atau tolak daftar ini."
    ),
    "payouts.reason_missing": N_(
        "Tulis alasan penolakan, supaya yang menyiapkan tahu apa yang perlu diperbaiki."
    ),
    "payouts.drop_reason_missing": N_("Tulis alasan mengeluarkan pembayaran itu."),
    "payouts.last_payment": N_(
        "Ini satu-satunya pembayaran di daftar. Minta petugas keuangan lain menolak daftarnya."
    ),
    "account.nothing_to_confirm": N_(
        "Bank tidak menolak rekening ini, jadi tidak ada yang perlu dinyatakan."
    ),
    "payouts.not_approved": N_(
        "Daftar ini belum disetujui. Berkas bank baru ada setelah petugas lain menyetujui."
    ),
    "payouts.file_differs": N_(
        "Berkas %(code)s tidak sama dengan yang disetujui. Jangan kirim ke bank; laporkan kepada admin."
    ),
    "payouts.not_exported": N_(
        "Berkas bank belum diunduh, jadi bank belum bisa menjawab. Unduh dulu berkasnya."
    ),
    "payouts.unknown_reference": N_(
        "Referensi %(reference)s tidak ada di daftar ini. Periksa berkas dari bank."
    ),
    "payouts.bank_reason_missing": N_("Pembayaran %(reference)s gagal tanpa alasan. Tulis alasan dari bank."),
    "payouts.already_recorded": N_(
        "Hasil %(reference)s sudah tercatat lain dan tidak diubah. Cocokkan dengan bank sebelum lanjut."
    ),
    "payouts.reference_twice": N_(
        "Referensi %(reference)s tertulis dua kali dengan hasil berbeda. Sisakan satu."
    ),
    "payouts.no_results": N_("Berkas ini tidak memuat hasil. Isi kolom reference dan status."),
    "export.month_open": N_("Bulan %(month)s belum ditutup. Tutup bulan itu dulu, lalu ekspor."),
    "export.digest_differs": N_(
        "Isi bulan %(month)s tidak lagi sama dengan segelnya. Jalankan portal verify dan laporkan kepada admin."
    ),
}

LABELS = {
    "payout_hold.held.account_changed": N_("Rekening berubah sejak disiapkan"),
    "payout_status.prepared": N_("menunggu persetujuan"),
    "payout_status.approved": N_("disetujui"),
    "payout_status.exported": N_("di bank"),
    "payout_status.rejected": N_("ditolak"),
    "payout_status.settled": N_("selesai"),
    "payment_status.in_batch": N_("menunggu bank"),
    "payment_status.paid": N_("dibayar"),
    "payment_status.failed": N_("gagal"),
    "payment_status.dissolved": N_("dibatalkan"),
    "payment_status.dropped": N_("dikeluarkan"),
    "payment_step.calculated": N_("Dihitung"),
    "payment_step.approved": N_("Disetujui"),
    "payment_step.sent": N_("Dikirim"),
    "payment_step.received": N_("Diterima"),
    "payment_ahead.approved": N_("Persetujuan"),
    "payment_ahead.sent": N_("Dikirim"),
    "payment_ahead.received": N_("Diterima"),
    "payment_now.approved": N_("menunggu"),
    "payment_now.sent": N_("segera ke bank"),
    "payment_now.received": N_("berjalan ke bank"),
    "payment_stopped.held": N_("Ditahan"),
    "payment_stopped.failed": N_("Gagal"),
}
