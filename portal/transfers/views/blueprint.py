"""The blueprint of the pages of transfers."""

from flask import Blueprint

bp = Blueprint("transfers", __name__)
