"""The blueprint of the pages of membership."""

from flask import Blueprint

bp = Blueprint("membership", __name__)
