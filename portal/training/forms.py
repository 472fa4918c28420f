"""Forms of training: a lesson read, an exam begun, an answer, handing in."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.validators import InputRequired

from portal.web.forms import Form


class ReadForm(Form):
    """One press after the last block of a lesson."""


class BeginForm(Form):
    """One press that begins the time of an exam."""


class HandInForm(Form):
    """One press that hands an exam in."""


class AnswerForm(Form):
    """The answer to one question: its place as the page shows it."""

    answer = RadioField(_("Jawaban"), coerce=int, validators=[InputRequired(_("Pilih satu jawaban."))])

    def __init__(self, answers: Sequence[str], **values: Any) -> None:
        super().__init__(**values)
        self.answer.choices = list(enumerate(answers))
