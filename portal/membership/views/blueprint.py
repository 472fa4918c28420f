"""The blueprint that the pages of membership register on."""

from flask import Blueprint

bp = Blueprint("membership", __name__)
