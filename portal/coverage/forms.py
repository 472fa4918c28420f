"""Forms of coverage: a target of new villages."""

from flask_babel import lazy_gettext as _
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from portal.web.forms import Form

MOST = 99


class TargetForm(Form):
    """How many new villages in a month."""

    villages = IntegerField(_("Kelurahan baru"), validators=[InputRequired(), NumberRange(0, MOST)])
