"""The words of messages: what the inbox says, what a pointer says outside of it, refusals."""

from typing import Any, Final

from flask_babel import force_locale

from portal.texts.catalog import gettext
from portal.texts.formats import bulan, num, rupiah, tanggal
from portal.texts.labels import label
from portal.texts.marker import N_

REFUSALS = {
    "messages.no_such": N_("Pesan ini tidak ada, atau bukan untuk Anda."),
    "messages.text_missing": N_("Tulis pesannya dengan satu kalimat."),
    "messages.too_many": N_("Hari ini Anda sudah mengirim %(most)s pesan. Lanjutkan besok."),
    "messages.nobody": N_("Kader ini belum punya akun, jadi pesan tidak sampai. Telepon saja."),
    "messages.device_refused": N_("Perangkat ini tidak bisa didaftarkan. Coba lagi dari peramban lain."),
}

LABELS = {
    "act.letter.sent": N_("Mengirim pesan"),
    "act.praise.sent": N_("Memberi selamat"),
    "act.renewal_tasks.opened": N_("Membuka tugas perpanjangan"),
    "letter.letter": N_("Pesan"),
    "letter.praise": N_("Selamat"),
    "message_group.reports": N_("Laporan kegiatan"),
    "message_group.participants": N_("Peserta dan pendaftaran"),
    "message_group.money": N_("Insentif dan pembayaran"),
    "message_group.letters": N_("Pesan dari kantor"),
    "message_group.training": N_("Pelatihan dan sertifikat"),
    "message_group.agenda": N_("Acara cabang"),
    "message_group.recognition": N_("Pencapaian"),
    # What goes out by push and e-mail: never a name, a number or an amount.
    "pointer.reports": N_("Ada kabar tentang laporan Anda"),
    "pointer.participants": N_("Ada kabar tentang peserta Anda"),
    "pointer.money": N_("Ada kabar tentang insentif Anda"),
    "pointer.letters": N_("Ada pesan dari kantor untuk Anda"),
    "pointer.training": N_("Ada kabar tentang pelatihan Anda"),
    "pointer.agenda": N_("Ada kabar tentang acara cabang"),
    "pointer.recognition": N_("Ada kabar tentang pencapaian Anda"),
    "pointer.": N_("Ada kabar untuk Anda"),
}

# kind -> (what happened, one line below it, its icon); the values are those of the message.
_SAID: Final[dict[str, tuple[str, str, str]]] = {
    "report_returned": (N_("Laporan %(day)s dikembalikan"), N_("%(reason)s."), "undo"),
    "report_rejected": (N_("Laporan %(day)s ditolak"), N_("%(reason)s."), "stop"),
    "report_approved": (N_("Laporan %(day)s disetujui"), N_("%(number)s poin."), "check"),
    "report_withdrawn": (N_("Persetujuan laporan %(day)s dibatalkan"), N_("%(reason)s."), "alert"),
    "claim_disputed": (
        N_("Pendaftaran %(day)s juga dilaporkan kader lain"),
        N_("Kantor memeriksa siapa yang berhak."),
        "scale",
    ),
    "claim_won": (N_("Pendaftaran %(day)s menjadi milik Anda"), N_("Kantor sudah memutuskan."), "check"),
    "participants_received": (
        N_("%(number)s peserta kini binaan Anda"),
        N_("Diserahkan oleh kantor."),
        "people",
    ),
    "participants_given": (
        N_("%(number)s peserta Anda diserahkan ke kader lain"),
        N_("Iuran sebelum itu tetap milik Anda."),
        "people",
    ),
    "renewals_due": (
        N_("%(number)s peserta perlu diingatkan"),
        N_("Perlindungan mereka segera habis."),
        "clock",
    ),
    "month_closed": (N_("%(month)s sudah ditutup"), N_("Insentif Anda %(money)s."), "calendar"),
    "rank_prize": (N_("Selamat! Anda mendapat hadiah peringkat %(month)s"), N_("Sebesar %(money)s."), "star"),
    "payout_paid": (N_("Insentif Anda sudah dibayar"), N_("%(money)s masuk ke rekening Anda."), "wallet"),
    "payout_failed": (
        N_("Pembayaran insentif gagal"),
        N_("%(money)s tetap milik Anda. Periksa rekening Anda."),
        "alert",
    ),
    "payout_dropped": (
        N_("Pembayaran insentif ditunda"),
        N_("%(money)s tetap milik Anda dan ikut daftar berikutnya."),
        "clock",
    ),
    "status_changed": (N_("Status Anda sekarang: %(status)s"), N_("Alasannya ada di kantor cabang."), "user"),
    "badge_awarded": (N_("Lencana baru"), N_("Lihat gambar dan dasarnya."), "star"),
    "badge_taken_back": (
        N_("Satu lencana diambil kembali"),
        N_("Dasarnya terbukti curang. Tanyakan kepada pembina bila ini keliru."),
        "undo",
    ),
    "level_reached": (N_("Anda mencapai tingkat %(number)s"), N_("Kain baru mulai ditenun."), "target"),
    "best_month": (N_("%(month)s bulan terbaik Anda"), N_("%(number)s poin."), "rank"),
    "team_goal": (N_("Tim Anda mencapai tujuannya"), N_("Tujuannya %(number)s."), "people"),
    "rules_announced": (
        N_("Aturan poin berubah mulai %(month)s"),
        N_("Lihat apa yang berubah."),
        "rank",
    ),
    "threshold_reached": (
        N_("Syarat peserta baru %(month)s tercapai"),
        N_("Perkiraan insentif naik %(money)s."),
        "wallet",
    ),
    "certified": (N_("Tanggal lulus pelatihan Anda dicatat"), "", "certificate"),
    "certificate_issued": (
        N_("Sertifikat Anda sudah terbit"),
        N_("Selamat! Lihat di halaman Pelatihan."),
        "certificate",
    ),
    "seated": (
        N_("Anda mendapat kursi pelatihan"),
        N_("Lihat waktu dan tempatnya di halaman Pelatihan."),
        "calendar",
    ),
    "certificate_ending": (
        N_("Sertifikat Anda segera habis"),
        N_("Minta kursi pelatihan ke cabang, supaya tetap bisa melapor."),
        "hourglass",
    ),
    "cohort_cancelled": (N_("Pelatihan Anda dibatalkan"), N_("Tanyakan angkatan berikutnya ke cabang."), "x"),
    "unseated": (N_("Kursi pelatihan Anda dibatalkan"), N_("Tanyakan angkatan berikutnya ke cabang."), "x"),
    "try_freed": (N_("Anda boleh ikut ujian sekali lagi"), "", "refresh"),
    "cohort_changed": (
        N_("Jadwal pelatihan Anda berubah"),
        N_("Lihat waktu dan tempatnya yang baru."),
        "calendar",
    ),
    "activated": (N_("Anda sekarang kader aktif"), N_("Selamat! Lapor sudah terbuka untuk Anda."), "star"),
    "event_published": (
        N_("Ada acara baru di cabang Anda"),
        N_("Lihat di Agenda, dan ikut bila bisa."),
        "calendar",
    ),
    "event_changed": (
        N_("Acara yang Anda ikuti berubah"),
        N_("Lihat waktu dan tempatnya yang baru."),
        "calendar",
    ),
    "event_cancelled": (N_("Acara yang Anda ikuti dibatalkan"), N_("Alasannya ada di Agenda."), "x"),
    "event_not_rewarded": (
        N_("Acara ditutup tanpa kegiatan untuk Anda"),
        N_("Alasannya ada di halaman acaranya. Tanyakan ke cabang bila keliru."),
        "info",
    ),
    "letter": (N_("Pesan dari %(sender)s"), N_("%(text)s"), "mail"),
    "praise": (N_("Selamat dari %(sender)s"), N_("%(text)s"), "heart"),
}
_POINTER: Final = N_(
    "Buka Portal Kader untuk membacanya. Surat ini otomatis, tidak perlu dibalas. Di halaman Pesan ada pilihannya."
)
_SHOWN: Final = 120  # characters of a letter in a list


def icon_of(kind: str) -> str:
    """Return the icon of a kind of message."""
    return _SAID[kind][2]


def title_of(row: Any) -> str:
    """Say in one line what a message tells."""
    return gettext(_SAID[row.kind][0]) % _values(row)


def line_of(row: Any) -> str:
    """Say more about a message; the beginning of a letter's own words."""
    line = _SAID[row.kind][1]
    values = _values(row)
    if not line or (row.kind.startswith("report") and not (values["reason"] or row.amount)):
        return ""
    return gettext(line) % values


def pointer_of(group: str, locale: str) -> tuple[str, str]:
    """Say in the reader's language that there is news about a group ('': of several kinds), and where it stands."""
    with force_locale(locale):
        return label("pointer", group), gettext(_POINTER)


def _values(row: Any) -> dict[str, str]:
    words = " ".join((row.text or "").split())
    return {
        "day": tanggal(row.day),
        "month": bulan(row.month),
        "money": rupiah(row.amount),
        "number": num(row.amount),
        "reason": label("activity_reason", row.code) if row.code else "",
        "status": label("cadre_status", row.code or ""),
        "sender": row.sender or "",
        "text": words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…",
    }


# Suggested words of praise: stored as they are sent, in the language of the field.
PRAISES: Final = (
    "Selamat, %(name)s! Kerja Anda bulan ini luar biasa. Teruskan.",
    "Terima kasih, %(name)s. Makin banyak keluarga terlindungi berkat Anda.",
    "Hebat, %(name)s! Laporan Anda lengkap dan rapi.",
    "Selamat atas peringkat Anda, %(name)s. Cabang kita bangga.",
    "Peserta binaan Anda tetap membayar, %(name)s. Itu hasil kerja yang sabar.",
)
