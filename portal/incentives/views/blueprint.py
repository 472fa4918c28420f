"""The blueprint of the pages of incentives."""

from flask import Blueprint

bp = Blueprint("incentives", __name__)
