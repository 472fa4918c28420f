"""The blueprint of the pages of contests."""

from flask import Blueprint

bp = Blueprint("contests", __name__, url_prefix="/contests")
