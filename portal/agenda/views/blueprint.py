"""The blueprint of the pages of the agenda."""

from flask import Blueprint

bp = Blueprint("agenda", __name__, url_prefix="/agenda")
