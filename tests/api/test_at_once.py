"""The same report and the same photo, sent a hundred times and many at once: one row, one answer."""

import threading

import pytest
from api.asking import Phone, body, sign_up
from cast import make_cast
from reporting import jpeg, new_ref
from sqlalchemy import func, select

from portal.activities.models import Activity, Photo
from portal.database.extensions import db
from portal.signups.models import SignUp

TIMES, AT_ONCE = 100, 20


def together(phones, send):
    """Let each phone send its share, all beginning at the same moment; return the answers."""
    app = phones[0].client.application
    barrier = threading.Barrier(len(phones))
    answers = []

    def run(phone):
        with app.app_context():
            barrier.wait()
            for _ in range(TIMES // AT_ONCE):
                answers.append(send(phone))
            db.session.remove()

    threads = [threading.Thread(target=run, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return answers


def count(model):
    return db.session.execute(select(func.count()).select_from(model)).scalar_one()


@pytest.fixture
def phones(app):
    cast = make_cast()
    made = [Phone(app, cast.marlina) for _ in range(AT_ONCE)]
    db.session.rollback()
    return made


@pytest.mark.slow
def test_a_report_sent_a_hundred_times_is_one_report_with_one_receipt(phones):
    ref, sent = new_ref(), body(signups=[sign_up(), sign_up()])

    answers = together(phones, lambda phone: phone.send(ref, sent))

    assert len(answers) == TIMES
    assert sorted(answer.status_code for answer in answers) == [200] * (TIMES - 1) + [201]
    assert len({answer.data for answer in answers}) == 1
    assert (count(Activity), count(SignUp)) == (1, 2)


@pytest.mark.slow
def test_a_photo_sent_by_many_at_once_is_one_photo_with_one_answer(phones):
    ref, number, picture = new_ref(), new_ref(), jpeg()

    answers = together(phones, lambda phone: phone.photo(ref, number, picture))

    assert sorted(answer.status_code for answer in answers) == [200] * (TIMES - 1) + [201]
    assert len({answer.data for answer in answers}) == 1
    assert count(Photo) == 1


@pytest.mark.slow
def test_different_photos_at_once_are_never_more_than_a_report_takes(phones):
    ref = new_ref()

    answers = together(
        phones[:6], lambda phone: phone.photo(ref, new_ref(), jpeg(threading.get_ident() % 97))
    )

    assert {answer.status_code for answer in answers} <= {200, 201, 422}
    assert count(Photo) <= 4
