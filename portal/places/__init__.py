"""Places: the regions of Indonesia, from the 38 provinces down to the villages, read from a packed file."""
