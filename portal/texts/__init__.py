"""Dictionaries of words for codes, and how numbers, money and dates are written."""
