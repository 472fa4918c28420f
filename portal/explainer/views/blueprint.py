"""The blueprint of the explainer's pages, and the words that its templates ask for."""

from flask import Blueprint

from portal.texts.explainer import bracket_text, in_words, share_text, span_text

bp = Blueprint("explainer", __name__, url_prefix="/buku-saku")
for words in (bracket_text, in_words, share_text, span_text):
    bp.add_app_template_global(words)
