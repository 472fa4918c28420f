"""The words of participant care: refusals, outcomes of talks."""

from portal.texts.marker import N_

REFUSALS = {
    "care.same_cadre": N_("Peserta ini sudah dibina kader itu. Pilih kader lain."),
    "care.handed_over_later": N_("Sudah ada serah terima mulai %(month)s. Pilih bulan itu atau sesudahnya."),
    "care.cadre_not_active": N_("Kader penerima belum aktif. Pilih kader yang aktif."),
    "care.reason_missing": N_("Tulis alasan serah terima dengan satu kalimat."),
    "care.nobody_chosen": N_("Pilih pesertanya, paling banyak %(most)s sekali serah."),
    "care.month_too_far": N_("Bulan itu masih terlalu jauh. Pilih paling lama %(months)s bulan ke depan."),
    "care.not_yours": N_("Peserta ini bukan binaan Anda lagi. Buka lagi daftarnya."),
    "care.reminded_lately": N_(
        "Ia baru saja diingatkan. Pengingat yang sama paling cepat lagi %(day)s, sekali dalam %(days)s hari."
    ),
    "care.no_reminder": N_("Hasil pembicaraan terakhir: tidak perlu diingatkan lagi."),
    "care.outcome_unknown": N_("Pilih salah satu hasil pembicaraan."),
    "care.promise_without_day": N_("Pilih tanggal janjinya."),
    "care.promise_day": N_("Tanggal janji paling cepat hari ini, paling lama %(days)s hari lagi."),
}

LABELS = {
    "talk.promised": N_("Janji membayar"),
    "talk.says_paid": N_("Katanya sudah membayar"),
    "talk.moved": N_("Pindah"),
    "talk.not_working": N_("Tidak bekerja lagi"),
    "talk.refuses": N_("Tidak mau lanjut"),
    "talk.not_reached": N_("Tidak tersambung"),
    "talk.died": N_("Meninggal dunia"),
    "act.participant.handed_over": N_("peserta diserahterimakan"),
    "act.participants.given": N_("peserta diserahkan ke kader lain"),
    "act.participants.received": N_("peserta diterima dari kader lain"),
    "act.participant.phone_revealed": N_("nomor HP peserta dibuka"),
    "act.participant.reminded": N_("peserta diingatkan"),
    "act.participant.talk_recorded": N_("hasil pembicaraan dicatat"),
    "subject.participant": N_("peserta"),
    "detail.outcome": N_("hasil"),
    "detail.promised_on": N_("janji"),
    "detail.from_cadre_id": N_("dari kader"),
}
