"""The words of leaderboards."""

from portal.texts.marker import N_

REFUSALS = {
    "leaderboards.no_scope": N_(
        "Papan peringkat itu tidak ada. Pilih cabang, wilayah, nasional, atau wadah."
    ),
    "leaderboards.no_cadre": N_("Kader itu tidak ada. Buka lagi dari menu."),
    "leaderboards.standings_differ": N_(
        "Bulan %(month)s belum bisa ditutup: poin %(count)s kader tidak sama dengan catatan poinnya. "
        "Minta admin pusat menghitung ulang papan peringkat.",
    ),
}

LABELS = {
    "scope.branch": N_("Cabang"),
    "scope.region": N_("Wilayah"),
    "scope.nation": N_("Nasional"),
}
