"""How fast passwords may be tried: the bucket, the hour, and what counts as one address."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.domain.throttle import (
    ADDRESS,
    CODES,
    HOUR,
    KNOWN_DEVICE,
    SIGNED_IN,
    STRANGERS,
    Device,
    network_of,
    seconds_to_wait,
)

AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def tries_of(pace, *, every, hours, forgiven_every=None):
    """Try as often as allowed and return when a try was admitted."""
    let, at, since = [], AT, AT - HOUR
    while at < AT + hours * HOUR:
        if forgiven_every and (at - AT) % forgiven_every < every:
            since = at
        window = [one for one in let if one > at - HOUR]
        if not seconds_to_wait(window, at=at, pace=pace, since=since):
            let.append(at)
        at += every
    return let


def most_in_an_hour(let):
    return max(sum(1 for one in let if start <= one < start + HOUR) for start in let)


@pytest.mark.parametrize("pace", [STRANGERS, KNOWN_DEVICE, SIGNED_IN, ADDRESS, CODES])
def test_the_burst_is_let_through_and_then_one_each_refill(pace):
    let = tries_of(pace, every=timedelta(seconds=5), hours=1)
    assert len([one for one in let if one < AT + timedelta(seconds=5 * pace.burst)]) == pace.burst
    assert len(let) <= pace.burst + HOUR / pace.refill


def test_nobody_tries_more_than_ten_passwords_on_an_account_in_a_quarter_of_an_hour():
    let = tries_of(STRANGERS, every=timedelta(seconds=1), hours=1)
    quarter = timedelta(minutes=15)
    assert max(sum(1 for one in let if start <= one < start + quarter) for start in let) <= 10


def test_forgiving_again_and_again_never_lifts_the_limit_of_the_hour():
    let = tries_of(STRANGERS, every=timedelta(seconds=5), hours=3, forgiven_every=timedelta(minutes=1))
    assert most_in_an_hour(let) == STRANGERS.per_hour


def test_all_lanes_to_one_account_are_a_hundred_an_hour_together():
    assert STRANGERS.per_hour + KNOWN_DEVICE.per_hour + SIGNED_IN.per_hour <= 100


def test_the_wait_that_is_named_is_enough():
    failures = [AT + timedelta(seconds=n) for n in range(STRANGERS.burst)]
    at = AT + timedelta(seconds=10)
    wait = seconds_to_wait(failures, at=at, pace=STRANGERS, since=AT - HOUR)
    assert 0 < wait <= 181
    later = at + timedelta(seconds=wait)
    assert seconds_to_wait(failures, at=later, pace=STRANGERS, since=AT - HOUR) == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
        ("x" * 100, "x" * 64),
    ],
)
def test_an_ipv6_address_counts_by_its_64(address, network):
    assert network_of(address) == network


def test_a_device_knows_an_account_until_that_throws_its_devices_out():
    device = Device("d", {7: AT})
    assert device.knows(7, valid_from=None)
    assert device.knows(7, valid_from=AT + timedelta(milliseconds=900))
    assert not device.knows(7, valid_from=AT + timedelta(seconds=1))
    assert not device.knows(8, valid_from=None)
