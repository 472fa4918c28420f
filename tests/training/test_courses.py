"""Courses as data: the shipped one, versions by month, documents refused with their reason."""

import copy
import json

import pytest
from cast import make_cast
from command_line import CommandLine
from training.exam_worlds import SATURDAY

from portal.cli.db import install_defaults
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.texts.labels import refusal
from portal.training.queries.courses import get_course_in_force, get_text, list_versions
from portal.training.services.courses import check_document, load_course, read_shipped

SHIPPED = read_shipped()


def changed(**more):
    return copy.deepcopy(SHIPPED) | more


def test_the_shipped_course_teaches_and_asks_enough():
    text = check_document(SHIPPED)
    assert len(text["lessons"]) >= 8
    assert len(text["questions"]) >= 60
    for lesson in text["lessons"]:
        assert sum(question["lesson"] == lesson["code"] for question in text["questions"]) >= 6


def test_the_shipped_course_is_stored_once(app):
    install_defaults()
    (stored,) = list_versions()
    numbers = (stored.pass_mark, stored.questions, stored.minutes, stored.tries, stored.tries_days)
    assert (stored.course, stored.number, numbers) == ("dasar-kader", 1, (70, 20, 45, 3, 30))
    assert len(get_text(stored.version_id).lessons) == 15


def test_a_later_version_holds_from_its_month_on_and_the_first_one_before_any(app):
    cast = make_cast()
    by = Signature(cast.actor("ratna"), SATURDAY)
    document = changed(valid_from="2026-09", exam={"questions": 30, "pass_mark": 80})
    with transaction():
        stored = load_course(document=document, by=by)
        again = load_course(document=document, by=by)
    assert (stored.number, again) == (2, stored)

    in_force = {
        month: get_course_in_force("dasar-kader", month) for month in ("2020-01", "2026-08", "2026-09")
    }
    assert [one.number for one in in_force.values()] == [1, 1, 2]
    assert (in_force["2026-09"].questions, in_force["2026-09"].minutes) == (30, 45)


@pytest.mark.parametrize("role", ["fahmi", "agus", "vera", "farah"])
def test_only_the_nations_admins_load_a_course(app, role):
    cast = make_cast()
    with pytest.raises(NotAllowed), transaction():
        load_course(document=SHIPPED, by=Signature(cast.actor(role), SATURDAY))
    assert db.session.scalar(db.select(db.func.count()).select_from(db.text("course_versions"))) == 1


def broken(change):
    document = copy.deepcopy(SHIPPED)
    change(document)
    return document


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.pop("lessons"), "course.schema"),
        (lambda d: d.update(more=1), "course.schema"),
        (lambda d: d["questions"][0].update(answers=["a", "a"]), "course.schema"),
        (lambda d: d["questions"][0].update(answers=["a"]), "course.schema"),
        (lambda d: d["questions"][0].update(text="\x00"), "course.schema"),
        (lambda d: d["lessons"][0]["blocks"].append({"kind": "script", "text": "x"}), "course.schema"),
        (lambda d: d["questions"].append(d["questions"][0]), "course.code_twice"),
        (lambda d: d["lessons"].append(d["lessons"][0]), "course.code_twice"),
        (lambda d: d["questions"][0].update(lesson="tidak-ada"), "course.unknown_lesson"),
        (lambda d: d["questions"][0].update(sources=["X"]), "course.unknown_source"),
        (lambda d: d["lessons"][0].update(sources=["X"]), "course.unknown_source"),
        (lambda d: d.update(questions=d["questions"][:19]), "course.too_few_questions"),
        (lambda d: d.update(exam={"questions": 0}), "course.schema"),
        (lambda d: d.update(exam={"questions": 109}), "course.too_few_questions"),
    ],
)
def test_a_document_that_cannot_be_taught_is_refused_with_its_reason(app, change, code):
    with pytest.raises(RuleBroken) as refused:
        check_document(broken(change))
    assert refused.value.code == code
    with app.test_request_context():
        assert refusal(code, refused.value.values) != code


def test_a_table_whose_rows_differ_is_refused(app):
    document = copy.deepcopy(SHIPPED)
    block = {"kind": "table", "headings": ["a", "b"], "rows": [["1", "2"], ["1", "2", "3"]]}
    document["lessons"][0]["blocks"].append(block)
    with pytest.raises(RuleBroken, match=r"course\.uneven_table"):
        check_document(document)


@pytest.mark.slow
def test_the_command_line_lists_shows_checks_and_loads(database, app, tmp_path):
    make_cast()
    db.session.rollback()
    given = CommandLine(database, tmp_path / "files")

    def command(*words):
        return given.ok(*words).output

    assert "dasar-kader v1 from 2026-01" in command("course", "list")
    shown = json.loads(command("course", "show", "dasar-kader", "1"))
    assert shown == SHIPPED
    file = tmp_path / "kursus.json"
    file.write_text(json.dumps(shown | {"valid_from": "2027-01"}), encoding="utf-8")
    assert "15 lessons, 108 questions" in command("course", "check", str(file))
    assert "Version 2 of dasar-kader holds from 2027-01" in command("course", "load", str(file))
    assert json.loads(command("course", "list", "--json"))[1]["number"] == 2
