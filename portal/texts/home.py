"""The words of home."""

from portal.texts.marker import N_

LABELS = {
    "greeting.morning": N_("Selamat pagi, %(name)s"),
    "greeting.noon": N_("Selamat siang, %(name)s"),
    "greeting.afternoon": N_("Selamat sore, %(name)s"),
    "greeting.evening": N_("Selamat malam, %(name)s"),
    "blocker.month.not_ended": N_("bulan belum berakhir"),
}
