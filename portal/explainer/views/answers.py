"""What the pages answer: the price now and later, months paid at once, benefits; all in one language."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import request
from flask_babel import force_locale

from portal.domain.contribution_tables import Table, sources_of
from portal.domain.contributions import (
    Benefits,
    Contribution,
    Declared,
    MonthDue,
    benefits_of,
    due_for,
    due_in,
    next_price,
)
from portal.domain.months import add_months, month_of, month_range, previous_month
from portal.explainer.forms import PACKS, CalculatorForm
from portal.explainer.queries import get_book
from portal.texts.formats import language, num

LANGUAGES: Final = ("id", "en")
_FIRST_MONTHS: Final = 12  # one may start paying within a year


@dataclass(frozen=True)
class Answer:
    """The form with its answer. Of a form that is wrong, the answer is the example's: `form.errors` says so.

    `usual` are the values that an address may leave out; `today` is the present month.
    """

    form: CalculatorForm
    declared: Declared
    table: Table
    now: MonthDue
    later: MonthDue | None
    paid: Contribution
    benefits: Benefits
    usual: Mapping[str, str]
    today: str

    @property
    def until(self) -> str | None:
        """Return the last month that costs as much as the first; None if no other price is known."""
        return previous_month(self.later.month) if self.later else None

    @property
    def saves(self) -> bool:
        """Tell whether the pack holds savings."""
        return "JHT" in self.declared.programmes

    @property
    def sources(self) -> list[str]:
        """List the sources of the figures."""
        return sources_of(self.table)

    @property
    def checked_on(self) -> date | None:
        """Return the day on which somebody compared the table with the law; None if nobody did."""
        day = self.table.document.get("checked_on")
        return date.fromisoformat(day) if day else None

    def arguments(self) -> dict[str, str]:
        """Return what an address has to say so that it leads to this answer."""
        said = {} if self.form.errors else {name: str(self.form[name].data) for name in self.usual}
        chosen = {name: value for name, value in said.items() if value != self.usual[name]}
        return chosen if language() == "id" else chosen | {"lang": language()}


def answer(*, today: date) -> Answer:
    """Answer what the address of this request asks."""
    book, month = get_book(), month_of(today)
    known = book.held_in(month).document
    months_ahead = [int(n) for n in known["months_ahead"]]
    usual = {
        "income": num(known["example_income"]),
        "pack": max(PACKS),
        "sector": "other",
        "payer": "mandiri",
        "months": str(min(months_ahead)),
        "first": month,
    }
    first_months = month_range(month, add_months(month, _FIRST_MONTHS - 1))
    choices: dict[str, Sequence[Any]] = {"months_ahead": months_ahead, "first_months": first_months}
    form = CalculatorForm.asked(request.args, usual, **choices)
    valid = form.validate()
    sound = form if valid else CalculatorForm.asked({}, usual, **choices)
    first, declared = sound.first.data, sound.declared
    table = book.held_in(first)
    return Answer(
        form=form,
        declared=declared,
        table=table,
        now=due_in(book, first, declared),
        later=next_price(book, declared, after=first),
        paid=due_for(book, declared, first=first, months=int(sound.months.data)),
        benefits=benefits_of(table, table.bracket_of(declared.income)),
        usual=usual,
        today=month,
    )


@contextmanager
def in_language(otherwise: str) -> Iterator[str]:
    """Speak the language that the address names, else the given one; no cookie is asked."""
    asked = request.args.get("lang", "")
    chosen = asked if asked in LANGUAGES else otherwise
    with force_locale(chosen):
        yield chosen
