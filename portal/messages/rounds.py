"""The scheduler's rounds: read the audit trail into messages, and send out the pointers that are due."""

from collections.abc import Callable, Collection
from typing import Any

import structlog
from flask import current_app

from portal import clock
from portal.database.transaction import transaction
from portal.domain.messages import MAIL, PUSH, Parcel
from portal.messages.channels.carrier import Carrier
from portal.messages.channels.faults import DeviceGone, SendingFailed
from portal.messages.services.planning import plan_dispatches
from portal.messages.services.reading import read_trail
from portal.messages.services.sending import claim_due, forget_device, record_failed, record_sent
from portal.texts.messages import pointer_of

log = structlog.get_logger("portal.messages")


def tell() -> None:
    """Write the messages of what the audit trail holds since the last time, piece by piece."""
    more = True
    while more:
        with transaction():
            more = read_trail()


def send_out() -> None:
    """Plan what the new messages send out, and send what is due; each claim and each result in its transaction."""
    config = current_app.config["PORTAL"]
    channels = {PUSH, MAIL} if config.mail else {PUSH}
    more = True
    while more:
        with transaction():
            more = plan_dispatches(at=clock.now(), channels=channels)
    carrier = Carrier(config)
    try:
        while parcels := _claim(channels):
            for parcel in parcels:
                _deliver(carrier, parcel)
    finally:
        carrier.close()


def _claim(channels: Collection[str]) -> list[Parcel]:
    with transaction():
        return claim_due(at=clock.now(), channels=channels)


def _deliver(carrier: Carrier, parcel: Parcel) -> None:
    """Send one pointer and record what became of it; nothing is locked meanwhile."""
    record: Callable[..., None] = record_sent
    said: dict[str, Any] = {}
    try:
        carrier.carry(parcel, *pointer_of(parcel.group, parcel.locale), at=clock.now())
    except DeviceGone:
        record = forget_device
    except SendingFailed as failed:
        record, said = record_failed, {"problem": failed.problem, "lasting": failed.lasting}
    except Exception as fault:
        log.exception("pointer failed", dispatch=parcel.id)
        record, said = record_failed, {"problem": type(fault).__name__, "lasting": False}
    with transaction():
        record(parcel=parcel, at=clock.now(), **said)
