"""Inactive cadres: who brought nobody and nothing for three months, the proposal to suspend them, the way back."""
