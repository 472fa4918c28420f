"""The blueprint of the pages of care."""

from flask import Blueprint

bp = Blueprint("care", __name__)
