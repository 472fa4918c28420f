"""Forms of months."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.web.forms import Form


class CloseForm(Form):
    """The confirmation that a month is closed for good; early closing needs its own tick."""

    confirmed = BooleanField(_("Saya sudah melihat pratinjaunya"), validators=[DataRequired()])
    early = BooleanField(_("Tutup sebelum saatnya"))


class ReleaseForm(Form):
    """Why a month may close without the extract."""

    reason = TextAreaField(_("Alasan"), validators=[DataRequired(), Length(min=3, max=500)])
