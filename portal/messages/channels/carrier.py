"""The carrier of one round: takes each pointer to its channel, with one connection to the mail server."""

from datetime import datetime

from portal.config import Config
from portal.domain.messages import MAIL, Parcel
from portal.messages.channels.faults import SendingFailed
from portal.messages.channels.mail import Postbox, Words, compose
from portal.messages.channels.push import send_push

INBOX = "/messages"


class Carrier:
    """What carries pointers out of the portal."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._postbox = Postbox(config.mail) if config.mail else None

    def carry(self, parcel: Parcel, line: str, text: str, *, at: datetime) -> None:
        """Send a pointer that says one line; raise SendingFailed, or DeviceGone."""
        if parcel.channel == MAIL:
            self._mail(parcel, line, text, at)
        else:
            said = {"title": "Portal Kader", "body": line, "url": INBOX}
            send_push(parcel, said, key=self._config.push_key, contact=self._contact())

    def _mail(self, parcel: Parcel, line: str, text: str, at: datetime) -> None:
        if self._postbox is None or self._config.mail is None:
            raise SendingFailed("no mail server", lasting=True)
        address = f"{self._config.base_url}{INBOX}" if self._config.base_url else ""
        body = "\n\n".join(part for part in (f"{line}.", text, address) if part)
        sender = self._config.mail.sender
        self._postbox.send(
            compose(Words(line, f"{body}\n"), to=parcel.to, sender=sender, name=parcel.name, at=at)
        )

    def _contact(self) -> str:
        """Return whom a push service may write to about us."""
        if self._config.mail is not None:
            return f"mailto:{self._config.mail.sender}"
        secure = self._config.base_url.startswith("https://")
        return self._config.base_url if secure else "mailto:portal@localhost.localdomain"

    def close(self) -> None:
        """End the round."""
        if self._postbox is not None:
            self._postbox.close()
