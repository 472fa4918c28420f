"""Moments: what was reached, told once at the top of the next page that a cadre opens."""

from typing import Final

from flask import Response, request, session

from portal import clock
from portal.database.transaction import begin_reads, transaction
from portal.recognition.queries.moments import Told, find_waiting, name_badge
from portal.recognition.services.moments import give_back, take_moment
from portal.recognition.views.blueprint import bp
from portal.web.access import actor, unread_messages
from portal.web.once import say_once, said_once
