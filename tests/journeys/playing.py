"""Plays a world, event by event: in the plain recomputation and, if given, in the portal."""

import random

from acts import claims_again, decisions
from careful_estimates import check_estimates
from deciding import perform


def play(events, seed, plain, portal=None, order=None):
    """Play a world in the recomputation and, if given, in the portal; yield the results of each close."""
    for place, (clock, named, given) in enumerate(events):
        kind, payload, chance = named, given, random.Random(f"{seed} {place}")
        if named == "claim_again":
            kind, payload = "signups", claims_again(plain, given, chance)
        if kind == "decide":
            for act, words in decisions(plain, chance):
                getattr(plain, act)(*words)
                if portal:
                    perform(act, words, clock)
            continue
        if portal and kind == "close":
            check_estimates(payload)
        closed = portal.play((clock, kind, _shuffled(payload, kind, order))) if portal else None
        if kind == "extract":
            plain.extract(payload, clock)
        elif kind == "close":
            yield payload, closed, plain.close(payload)
        elif kind != "branches":
            getattr(plain, kind)(payload)


def _shuffled(payload, kind, order):
    """Shuffle rows: the digest must not depend on their order, and each database gets another order."""
    if isinstance(payload, list):
        return order.sample(payload, len(payload))
    if kind == "extract":
        return payload[0], order.sample(payload[1], len(payload[1]))
    return payload
