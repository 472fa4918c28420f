"""Pages of months."""

from flask import Blueprint

bp = Blueprint("months", __name__)
