"""Reads of recognition: facts of cadres, definitions in force, progress, leaves, the export."""
