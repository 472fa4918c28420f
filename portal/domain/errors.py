"""The errors of the rulebook: a code and its values, never a sentence."""

from __future__ import annotations

from collections.abc import Mapping


class RuleBroken(Exception):  # noqa: N818 - somebody broke a rule, the program has no error
    """A rule forbids what was asked.

    ``code`` names its sentence in portal/texts and ``values`` fill it in: texts/labels.py, refusal().
    """

    def __init__(self, code: str, values: Mapping[str, object] | None = None) -> None:
        """Keep the code and a copy of the values."""
        super().__init__(code)
        self.code = code
        self.values: dict[str, object] = dict(values or {})

    def __str__(self) -> str:
        """Show code and values to whoever reads a log."""
        return f"{self.code} {self.values}" if self.values else self.code


class NotFound(RuleBroken):
    """What was asked for does not exist, or this person may not see it."""


class NotAllowed(RuleBroken):
    """The person may not do this."""


class VaultError(Exception):
    """The keys are wrong or a sealed text was altered; the text is the line to show an operator."""
