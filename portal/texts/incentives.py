"""The words of incentives: refusals, labels, and the sentences that explain a line from its numbers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.texts.formats import bulan, num, rupiah, urutan
from portal.texts.labels import label
from portal.texts.marker import N_

REFUSALS = {
    "plans.unknown": N_("Ketentuan %(code)s tidak ada. Pilih dari daftar ketentuan."),
    "plans.schema": N_(
        "Dokumen ketentuan belum benar pada %(place)s: %(problem)s. Perbaiki, lalu muat lagi."
    ),
    "plans.no_json": N_(
        "Dokumen ketentuan belum benar pada %(place)s: bukan JSON yang benar, periksa tanda kutip, koma dan kurung"
        " di dekatnya. Perbaiki, lalu muat lagi."
    ),
    "plans.unreadable": N_(
        "Dokumen ketentuan belum benar pada 1:1: isinya tidak bisa dibaca sebagai dokumen ketentuan. Muat dokumen"
        " lain."
    ),
    "plans.valid_from_taken": N_(
        "Ketentuan %(code)s sudah punya versi yang berlaku sejak %(month)s. Pilih bulan mulai yang lain."
    ),
    "plans.own_version": N_("Versi ini Anda muat sendiri. Orang kedua yang menyetujuinya."),
    "plans.month_closed": N_("Bulan %(month)s sudah ditutup. Pilih bulan yang masih terbuka."),
    "plans.not_in_force": N_(
        "Ketentuan %(code)s belum disetujui atau belum berlaku pada %(month)s. Pilih bulan atau ketentuan lain."
    ),
    "plans.no_such_branch": N_("Cabang %(branch)s tidak ada. Periksa kodenya."),
    "plans.no_tax_table": N_("Aturan pajak belum dipasang. Jalankan portal db upgrade."),
    "people.no_term": N_("Kader ini belum punya cabang pada %(month)s. Periksa data kader."),
    "incentives.no_statement": N_("Tidak ada rincian insentif untuk bulan ini."),
}

LABELS = {
    "component.acquisition_fee": N_("Insentif peserta baru"),
    "component.flat_bonus": N_("Bonus peserta baru"),
    "component.contribution_share": N_("Insentif iuran"),
    "component.rank_prize": N_("Hadiah peringkat"),
    "component.retention_bonus": N_("Bonus peserta bertahan"),
    "component.badge_bonus": N_("Bonus lencana"),
    "component.host_override": N_("Bagian wadah"),
    "component.adjustment": N_("Penyesuaian"),
    "pack.JKK+JKM": N_("2 program"),
    "pack.JKK+JKM+JHT": N_("3 program"),
    "pack.JKK,JKM": N_("2 program"),
    "pack.JKK,JKM,JHT": N_("3 program"),
    "prize_scope.branch": N_("cabang"),
    "prize_scope.region": N_("wilayah"),
    "prize_scope.nation": N_("nasional"),
    "host_mode.on_top": N_("di luar bagian kader"),
    "host_mode.out_of": N_("diambil dari bagian kader"),
    "statement_status.open": N_("berjalan"),
    "statement_status.carried": N_("dibawa"),
    "statement_status.payable": N_("siap dibayar"),
    "statement_status.held": N_("ditahan"),
    "statement_status.in_batch": N_("dalam daftar pencairan"),
    "statement_status.paid": N_("diterima"),
    "statement_status.failed": N_("gagal"),
    "plan_status.approved": N_("disetujui"),
    "plan_status.submitted": N_("menunggu persetujuan"),
}


class LineLike(Protocol):
    """The numbers of a line, stored or computed."""

    @property
    def component(self) -> str: ...  # noqa: D102 - named as the column
    @property
    def original_month(self) -> str: ...  # noqa: D102 - a protocol's names say it
    @property
    def band(self) -> str: ...  # noqa: D102 - a protocol's names say it
    @property
    def base(self) -> int | None: ...  # noqa: D102 - a protocol's names say it
    @property
    def rate(self) -> str: ...  # noqa: D102 - a protocol's names say it
    @property
    def count(self) -> int | None: ...  # noqa: D102 - a protocol's names say it
    @property
    def amount(self) -> int: ...  # noqa: D102 - a protocol's names say it
    @property
    def plan_code(self) -> str: ...  # noqa: D102 - a protocol's names say it
    @property
    def plan_version(self) -> int: ...  # noqa: D102 - a protocol's names say it
    @property
    def details(self) -> Mapping[str, Any] | None: ...  # noqa: D102 - a protocol's names say it


class Condition(NamedTuple):
    """A line's condition in words, and whether it was met."""

    met: bool
    text: str


def _details(line: LineLike) -> Mapping[str, Any]:
    return line.details or {}


def is_late(line: LineLike) -> bool:
    """Tell whether a line is a later difference of a closed month."""
    return "posted" in _details(line)


def percentage(rate: str) -> str:
    """Write a percentage: 15%, 7,5%."""
    places = -int(Decimal(rate).as_tuple().exponent) if "." in rate else 0
    return f"{num(Decimal(rate), places)}%"


def line_title(line: LineLike) -> str:
    """Name a line: Insentif iuran, bulan ke-1 sampai 24."""
    name = label("component", line.component)
    if line.component == "contribution_share":
        first, last = line.band.split("-")
        return str(
            _("%(name)s, bulan %(first)s sampai %(last)s", name=name, first=urutan(int(first)), last=last)
        )
    if line.component == "retention_bonus":
        return str(_("%(name)s, iuran %(number)s", name=name, number=urutan(int(line.band))))
    if line.component == "rank_prize":
        return f"{name} {label('prize_scope', line.band)}"
    return name


def line_arithmetic(line: LineLike) -> str:
    """Write factor and rate: 20 × Rp15.000, or 15% × Rp3.940.000."""
    if line.base is not None and line.rate:
        return f"{percentage(line.rate)} × {rupiah(line.base)}"
    if line.component == "flat_bonus":
        return f"1 × {rupiah(int(line.rate))}"
    if line.component == "rank_prize":
        return _prize(line)
    if line.rate:
        return f"{num(line.count)} × {rupiah(int(line.rate))}"
    return str(_("dihitung ulang"))


def _prize(line: LineLike) -> str:
    details = _details(line)
    amounts = [int(amount) for amount in details.get("amounts", ())]
    if not amounts:
        return str(_("hadiah ditarik kembali") if line.amount < 0 else _("hadiah peringkat"))
    sharing, rank = int(details.get("sharing", 1)), int(details.get("rank", 0))
    if sharing == 1:
        return str(_("peringkat %(rank)s: %(amount)s", rank=num(rank), amount=rupiah(sum(amounts))))
    text = _(
        "peringkat %(rank)s dibagi %(sharing)s kader: %(amount)s ÷ %(sharing)s",
        rank=num(rank),
        sharing=num(sharing),
        amount=rupiah(sum(amounts)),
    )
    return str(text)


def line_result(line: LineLike) -> int:
    """Return what factor × rate come to under the condition; for a late line, the whole month as of now."""
    return int(_details(line).get("now", line.amount))


def line_note(line: LineLike) -> str:
    """Say what the factor counts: peserta baru, 3 program."""
    if line.component == "acquisition_fee":
        return str(_("peserta baru, %(pack)s", pack=label("pack", line.band)))
    if line.component == "flat_bonus":
        return str(ngettext("%(num)s peserta baru", "%(num)s peserta baru", line.count or 0))
    if line.component == "contribution_share":
        return _share_note(line)
    if line.component == "retention_bonus":
        return str(ngettext("%(num)s peserta", "%(num)s peserta", line.count or 0))
    if line.component == "host_override":
        return str(_("bagian wadah dari insentif peserta baru, bonus dan iuran"))
    return ""


def _share_note(line: LineLike) -> str:
    count = line.count or 0
    if _details(line).get("recognition") == "coverage":
        one = ngettext(
            "%(num)s iuran untuk %(month)s",
            "%(num)s iuran untuk %(month)s",
            count,
            month=bulan(line.original_month),
        )
        return str(one)
    return str(ngettext("%(num)s bulan iuran", "%(num)s bulan iuran", count))


def line_condition(line: LineLike) -> Condition | None:
    """State the condition of a line and how far it was met; None if it has none."""
    details = _details(line)
    least = int(details.get("min_new", 0))
    if not least:
        return None
    found = int(details.get("counting_new", 0))
    if found >= least:
        return Condition(
            met=True,
            text=_("Syarat %(least)s peserta baru tercapai: %(found)s.", least=num(least), found=num(found)),
        )
    return Condition(
        met=False,
        text=_(
            "Syarat %(least)s peserta baru belum tercapai: %(found)s.", least=num(least), found=num(found)
        ),
    )


def line_plan(line: LineLike) -> str:
    """Name the plan version behind a line."""
    return str(_("Ketentuan %(code)s versi %(version)s", code=line.plan_code, version=line.plan_version))
