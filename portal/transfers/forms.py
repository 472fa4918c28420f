"""Forms of branches, host bodies and transfers."""

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, Length, Optional

from portal.domain.months import ZONES
from portal.organisation.services import BranchDetails
from portal.texts.labels import label
from portal.web.forms import Form, trim


class BranchForm(Form):
    """An existing branch: its code cannot change."""

    name = StringField(_("Nama cabang"), filters=[trim], validators=[DataRequired(), Length(max=120)])
    regional_office = StringField(
        _("Kantor wilayah"), filters=[trim], validators=[DataRequired(), Length(max=60)]
    )
    time_zone = SelectField(_("Zona waktu"), validators=[DataRequired()])
    region_code = StringField(
        _("Kode kabupaten/kota Kemendagri"), filters=[trim], validators=[Optional(), Length(max=10)]
    )

    phone = StringField(_("Telepon cabang"), filters=[trim], validators=[Optional(), Length(max=24)])
    address = StringField(_("Alamat cabang"), filters=[trim], validators=[Optional(), Length(max=200)])

    def details(self) -> BranchDetails:
        """Return what was typed."""
        return BranchDetails(
            name=self.name.data or "",
            regional_office=self.regional_office.data or "",
            time_zone=self.time_zone.data or "",
            region_code=self.region_code.data,
            phone=self.phone.data,
            address=self.address.data,
        )

    def offer_zones(self) -> None:
        """Fill the list of time zones."""
        self.time_zone.choices = [(zone, label("zone", zone)) for zone in ZONES]


class NewBranchForm(BranchForm):
    """A new branch."""

    code = StringField(_("Kode cabang"), filters=[trim], validators=[DataRequired(), Length(max=64)])


class HostBodyForm(Form):
    """An existing host body: its code cannot change."""

    name = StringField(_("Nama wadah"), filters=[trim], validators=[DataRequired(), Length(max=120)])


class NewHostBodyForm(HostBodyForm):
    """A new host body."""

    code = StringField(_("Kode wadah"), filters=[trim], validators=[DataRequired(), Length(max=64)])


class MoveForm(Form):
    """A transfer from the first day of a month."""

    from_month = StringField(_("Mulai bulan"), filters=[trim], validators=[DataRequired(), Length(max=7)])
    branch_id = SelectField(_("Cabang"), coerce=int, validators=[DataRequired()])
    host_body_id = SelectField(_("Wadah"), coerce=int, validators=[Optional()])
    npwp_valid = BooleanField(_("NPWP atau NIK sudah sah untuk pajak"))
    reason = StringField(_("Alasan"), filters=[trim], validators=[DataRequired(), Length(min=3, max=500)])

    def offer(self, branches: list[tuple[int, str]], hosts: list[tuple[int, str]]) -> None:
        """Fill the selection lists."""
        self.branch_id.choices = branches
        self.host_body_id.choices = [(0, str(_("Tanpa wadah"))), *hosts]
