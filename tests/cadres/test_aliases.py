"""A cadre's own name on boards: chosen, taken back, nobody else's, without a change of points or pay."""

import threading
from datetime import UTC, datetime

import pytest
from cast import make_cast
from factories import actor_of
from signing_in import post, sign_in

from portal.cadres.models import Cadre
from portal.cadres.services.cadres import set_alias
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def cast(app):
    return make_cast()


def choose(cadre, alias):
    with transaction():
        set_alias(alias=alias, by=Signature(actor_of(cadre), NOW))


def alias_of(cadre):
    db.session.expire_all()
    return db.session.get(Cadre, cadre.id).alias


def test_a_cadre_chooses_a_name_and_goes_back_to_the_own_one(client, cast):
    sign_in(client, cast.marlina)
    assert post(client, "/profile/alias/set", {"alias": " Elang  Musi "}).status_code == 302
    assert alias_of(cast.marlina) == "Elang Musi"
    assert "Papan peringkat menampilkan Anda sebagai Elang Musi." in client.get("/profile").text
    post(client, "/profile/alias/set", {"alias": ""})
    assert alias_of(cast.marlina) is None
    assert "Sekarang tampil sebagai Marlina Agustina." in client.get("/profile").text


@pytest.mark.parametrize(
    "wrong", ["A", "1234567", "x" * 41, "\u200b\u200bA", "a\x07b", "Herman Sawiran", "herman sawiran"]
)
def test_a_name_that_is_somebody_s_or_none_is_refused(client, cast, wrong):
    sign_in(client, cast.marlina)
    post(client, "/profile/alias/set", {"alias": wrong})
    assert alias_of(cast.marlina) is None


def test_the_own_name_may_be_the_alias_and_another_branch_s_too(cast):
    choose(cast.marlina, "Marlina Agustina")
    choose(cast.yosef, "Herman Sawiran")
    choose(cast.herman, "Elang")
    with pytest.raises(RuleBroken) as refused:
        choose(cast.marlina, "eLang")
    assert refused.value.code == "people.alias_taken"


def test_of_two_who_choose_one_name_at_once_one_gets_it(app, cast):
    people = [actor_of(cast.marlina), actor_of(cast.herman)]
    ready, outcomes = threading.Barrier(2), []

    def run(who):
        with app.app_context():
            ready.wait()
            try:
                with transaction():
                    set_alias(alias="Elang", by=Signature(who, NOW))
                outcomes.append("set")
            except RuleBroken as broken:
                outcomes.append(broken.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["people.alias_taken", "set"]
