"""The calculator's form: sent by GET, so that it works without script and its answer has an address of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Field, RadioField, SelectField, StringField, ValidationError

from portal.domain.contribution_schema import PROGRAMMES, SECTORS
from portal.domain.contribution_tables import MAX_INCOME
from portal.domain.contributions import Declared
from portal.domain.plan_schema import PAYER_TYPES
from portal.tables.problems import BadCell
from portal.tables.values import rupiah
from portal.texts.formats import bulan, num
from portal.texts.labels import label, refusal
from portal.web.forms import Form

PACKS: Final = {"2": PROGRAMMES[:2], "3": PROGRAMMES}
FIELDS: Final = ("income", "pack", "sector", "payer", "months", "first")


class CalculatorForm(Form):
    """What a worker says: income, pack, sector, who pays, how many months at once and from when."""

    income = StringField(_("Penghasilan sebulan"))
    pack = RadioField(_("Paket"))
    sector = SelectField(_("Pekerjaan"))
    payer = SelectField(_("Yang membayar"))
    months = SelectField(_("Bayar sekaligus"))
    first = SelectField(_("Mulai bulan"))

    class Meta(Form.Meta):
        csrf = False  # a question changes nothing

    def __init__(
        self, *args: Any, months_ahead: Sequence[int], first_months: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pack.choices = [(pack, label("pack", ",".join(held))) for pack, held in PACKS.items()]
        self.sector.choices = [(sector, label("sector", sector)) for sector in SECTORS]
        self.payer.choices = [(payer, label("who_pays", payer)) for payer in PAYER_TYPES]
        self.months.choices = [
            (str(n), ngettext("%(num)s bulan", "%(num)s bulan", n)) for n in sorted(months_ahead)
        ]
        self.first.choices = [(month, bulan(month)) for month in first_months]

    @classmethod
    def asked(
        cls, given: Mapping[str, str], usual: Mapping[str, str], **choices: Sequence[Any]
    ) -> "CalculatorForm":
        """Fill the form with what an address asks; what it leaves out is as usual."""
        filled = {name: given.get(name, usual[name]) for name in FIELDS}
        return cls(formdata=MultiDict(filled), **choices)

    def validate_income(self, field: Field) -> None:
        """Require a whole amount that somebody may earn in a month."""
        try:
            income = rupiah(field.data or "")
        except BadCell:
            income = 0
        if income > MAX_INCOME:
            raise ValidationError(gettext("Periksa jumlahnya: paling banyak %(most)s.", most=num(MAX_INCOME)))
        if income <= 0:
            raise ValidationError(refusal("contributions.income", {}))

    @property
    def declared(self) -> Declared:
        """Return what was said, for the arithmetic; the form has to be valid."""
        return Declared(
            rupiah(self.income.data or ""), PACKS[self.pack.data], self.sector.data, self.payer.data
        )
