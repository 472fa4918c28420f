"""The blueprint of the pages of coverage."""

from flask import Blueprint

bp = Blueprint("coverage", __name__)
