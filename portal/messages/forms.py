"""Forms of messages: a letter of the office, what a reader chooses, a device that may ring."""

import uuid
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import UUID, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.domain.messages import CHANNELS, GROUPS, MAX_ENDPOINT, MAX_LETTER
from portal.domain.names import MIN_REASON
from portal.texts.labels import label
from portal.web.forms import Form, trim


class MultiCheckboxField(SelectMultipleField):
    """Several boxes of one question."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class LetterForm(Form):
    """What the office writes; `ref` is made with the form, so that a letter sent twice is one."""

    ref = HiddenField(validators=[UUID()])
    text = TextAreaField(
        _("Pesan"), filters=[trim], validators=[InputRequired(), Length(min=MIN_REASON, max=MAX_LETTER)]
    )

    def begin(self, text: str) -> None:
        """Make the number of a new letter, and put the first words into it."""
        self.ref.data, self.text.data = str(uuid.uuid4()), text


class DeviceForm(Form):
    """The address and keys that a browser gave for web push."""

    endpoint = StringField(validators=[InputRequired(), Length(max=MAX_ENDPOINT)])
    p256dh = StringField(validators=[InputRequired(), Length(max=120)])
    auth = StringField(validators=[InputRequired(), Length(max=48)])


def _hours(first: int, last: int) -> list[tuple[str, Any]]:
    return [(str(hour), f"{hour:02}.00") for hour in range(first, last + 1)]


class PreferencesForm(Form):
    """Which groups may ring or come by e-mail, and the quiet hours."""

    push = MultiCheckboxField(_("Boleh berdering di HP"))
    mail = MultiCheckboxField(_("Boleh dikirim lewat e-mail"))
    quiet_from = SelectField(_("Tenang mulai jam"))
    quiet_until = SelectField(_("Tenang sampai jam"))

    def offer(self, quiet_from: int, quiet_until: int) -> None:
        """Offer the groups, and hours that are as quiet as the rules say or quieter."""
        for channel in CHANNELS:
            self[channel].choices = [(group, label("message_group", group)) for group in GROUPS]
        self.quiet_from.choices = _hours(18, quiet_from)
        self.quiet_until.choices = _hours(quiet_until, 9)
