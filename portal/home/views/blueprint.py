"""The blueprint of the pages of home."""

from flask import Blueprint

bp = Blueprint("home", __name__)
