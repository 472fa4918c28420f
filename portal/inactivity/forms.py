"""The form of a decision on an inactive cadre."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from portal.domain.names import MIN_REASON
from portal.web.forms import Form, trim


class DecisionForm(Form):
    """The reason, which the cadre reads."""

    reason = TextAreaField(
        _("Alasan"), filters=[trim], validators=[InputRequired(), Length(min=MIN_REASON, max=500)]
    )
