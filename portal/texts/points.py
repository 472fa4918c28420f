"""The words of points."""

from portal.texts.marker import N_

REFUSALS = {
    "points.no_parameter": N_("Ketentuan %(name)s belum ada. Minta admin pusat memasangnya."),
    "points.no_rules": N_("Aturan poin belum dipasang. Minta admin pusat memasangnya."),
    "points.no_term": N_("Kader ini belum punya cabang untuk bulan %(month)s. Minta admin melengkapinya."),
}

LABELS = {
    "entry_kind.activity": N_("Kegiatan disetujui"),
    "entry_kind.signup": N_("Peserta baru sah"),
    "entry_kind.retention_3": N_("Peserta sudah membayar 3 bulan"),
    "entry_kind.retention_6": N_("Peserta sudah membayar 6 bulan"),
    "entry_kind.retention_12": N_("Peserta sudah membayar 12 bulan"),
    "entry_kind.training": N_("Lulus pelatihan"),
    "entry_kind.badge": N_("Lencana"),
    "entry_kind.fraud": N_("Pendaftaran curang"),
    "entry_kind.activity_reversal": N_("Kegiatan ditarik"),
    "entry_kind.signup_reversal": N_("Peserta baru ditarik"),
    "entry_kind.retention_3_reversal": N_("Poin 3 bulan ditarik"),
    "entry_kind.retention_6_reversal": N_("Poin 6 bulan ditarik"),
    "entry_kind.retention_12_reversal": N_("Poin 12 bulan ditarik"),
    "entry_kind.training_reversal": N_("Pelatihan ditarik"),
    "entry_kind.badge_reversal": N_("Lencana ditarik"),
    "entry_kind.fraud_reversal": N_("Potongan curang dibatalkan"),
}
