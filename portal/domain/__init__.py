"""The rulebook: pure functions and frozen dataclasses; imports the standard library only."""
