"""The blueprint of the pages of points rules."""

from flask import Blueprint

bp = Blueprint("scoring", __name__)
