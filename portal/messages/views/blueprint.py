"""The blueprint of the pages of messages."""

from flask import Blueprint

bp = Blueprint("messages", __name__)
