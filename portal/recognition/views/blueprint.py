"""The blueprint of the pages of recognition."""

from flask import Blueprint

bp = Blueprint("recognition", __name__)
