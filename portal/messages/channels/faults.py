"""What may go wrong on the way out."""


class SendingFailed(Exception):  # noqa: N818 - the world outside failed, not the program
    """A pointer did not leave; `lasting`: another try would not help. The text names no person."""

    def __init__(self, problem: str, *, lasting: bool) -> None:
        super().__init__(problem)
        self.problem, self.lasting = problem, lasting


class DeviceGone(SendingFailed):
    """The push service no longer knows the device."""

    def __init__(self) -> None:
        super().__init__("gone", lasting=True)
