"""The blueprint of the pages of cadres."""

from flask import Blueprint

bp = Blueprint("cadres", __name__)
