"""E-mail: a short text without personal data, handed over by SMTP."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from portal.config import Mail
from portal.domain.messages import is_mail_address
from portal.messages.channels.faults import SendingFailed

_SECONDS = 10.0


@dataclass(frozen=True)
class Words:
    """What a pointer says, in the reader's language: one line, a text, and the address of the inbox."""

    subject: str
    body: str


def compose(words: Words, *, to: str, sender: str, name: str, at: datetime) -> EmailMessage:
    """Write the e-mail; its Message-ID is made of its name, so that it is the same each time it is sent."""
    if not is_mail_address(to):
        raise SendingFailed("no address", lasting=True)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(words.subject.split())
    message["From"] = f"Portal Kader <{sender}>"
    message["To"] = to
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{name}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(words.body)
    return message


class Postbox:
    """A connection to the mail server, opened with the first e-mail of a round and closed after the last."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Hand one e-mail over; raise SendingFailed, lasting where the server will never take it."""
        try:
            if self._server is None:
                self._server = self._connect()
            self._server.send_message(message, from_addr=self._mail.sender, to_addrs=[message["To"]])
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            self.close()
            raise SendingFailed(f"recipient refused {code}", lasting=code >= 500) from refused
        except smtplib.SMTPResponseException as refused:
            self.close()
            raise SendingFailed(f"refused {refused.smtp_code}", lasting=False) from refused
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise SendingFailed(type(fault).__name__, lasting=False) from fault

    def _connect(self) -> smtplib.SMTP:
        mail = self._mail
        if mail.tls == "always":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=_SECONDS)
        if mail.tls == "start":
            server.starttls(context=ssl.create_default_context())
        if mail.user:
            server.login(mail.user, mail.password)
        return server

    def close(self) -> None:
        """Say goodbye to the server, if it was ever called."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()
