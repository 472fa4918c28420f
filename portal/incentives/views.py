"""Pages of incentives."""

from flask import Blueprint

bp = Blueprint("incentives", __name__)
