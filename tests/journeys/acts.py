"""What people decide in a rich world: chosen at random from what the plain recomputation knows."""

import random

from recompute_terms import plus

Act = tuple[str, tuple]


def claims_again(plain, month: str, chance: random.Random) -> list[dict]:
    """Make rows of workers who are claimed once more.

    By another cadre while the first claim is validated; by the same cadre after a wrong match was withdrawn; by
    another one after a lapse.
    """
    rows: list[dict] = []
    cadres = sorted(plain.terms)
    taken: set[str] = set()

    def add(kind: str, claim, cadre: str, reported: str) -> None:
        taken.add(claim.nik)
        new = {"signup_ref": f"{kind}-{month}-{claim.ref}", "cadre_code": cadre, "reported_on": reported}
        rows.append(claim.row | new | {"status": "reported"})

    for claim in list(plain.claims.values()):
        once = [
            c for c in plain.claims.values() if c.nik == claim.nik or (c.person and c.person == claim.person)
        ]
        if claim.nik in taken or claim.history or claim.nik != (claim.person or claim.nik):
            continue
        others = [code for code in cadres if code != claim.cadre]
        roll = chance.random()
        if claim.withdrawn == "wrong_match_after_close" and len(once) == 1 and roll < 0.7:
            add("W", claim, claim.cadre, str(claim.reported))
        elif claim.state == "validated" and len(once) == 1 and not claim.by_hand:
            status = plain.status(claim.person)
            if status == "lapsed" and roll < 0.8:
                add("L", claim, chance.choice(others), f"{month}-{chance.randint(1, 20):02}")
            elif status == "active" and roll < 0.03:
                add("N", claim, chance.choice(others), f"{month}-{chance.randint(1, 28):02}")
    return rows


def decisions(plain, chance: random.Random):
    """Yield the decisions one after the other; each is carried out before the next is chosen."""
    for ref, claim in list(plain.claims.items()):
        roll = chance.random()
        if claim.state == "disputed":
            yield ("reject", (ref,)) if roll < 0.3 else ("dispute", (ref,))
        elif claim.state == "validated" and not claim.history and roll < 0.03:
            yield "withdraw", (ref, "fraud" if roll < 0.01 else "wrong_match")
        elif roll < 0.5 and _may_be_matched(plain, claim):
            yield "hand", (ref,)
    yield from _hand_overs(plain)
    for nik, blth in sorted(plain.conflicts):
        if chance.random() < 0.8:
            yield "conflict", (nik, blth, chance.random() < 0.7)


def _hand_overs(plain):
    """Give some participants to another cadre, from the oldest open month or the one after; drawn apart from the rest."""
    for ref, claim in list(plain.claims.items()):
        chance = random.Random(f"{ref} handed over after {plain.closed}")
        if claim.state != "validated" or not claim.person or chance.random() > 0.08:
            continue
        newest = max(
            (c.reported, c.ref)
            for c in plain.claims.values()
            if c.person == claim.person and c.state == "validated"
        )
        month = plus(plus(plain.closed, 1) if plain.closed else plain.newest, chance.choice((0, 0, 1)))
        moves = plain.moves.get(ref, [])
        to = chance.choice(sorted(plain.terms))
        holder = [claim.cadre, *(whom for start, whom in moves if start <= month)][-1]
        if (
            newest == (claim.reported, claim.ref)
            and to != holder
            and all(start <= month for start, _ in moves)
        ):
            yield "hand_over", (ref, to, month)


def _may_be_matched(plain, claim) -> bool:
    if claim.state != "reported" or claim.person or claim.nik not in plain.persons:
        return False
    claim.person = claim.nik
    verdict = plain.verdict(claim)
    claim.person = ""
    return verdict != "member"
