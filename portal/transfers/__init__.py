"""Transfers: moving cadres and branches, what that does to standings, and master data from files."""
