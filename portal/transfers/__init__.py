"""Transfers: moving cadres and branches, the effect on standings, and master data from files."""
