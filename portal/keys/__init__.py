"""Keys: those this database knows are compared wherever work begins, so that a wrong or lost key stops it.

Each key has a row with a proof that only this key can make. So nothing is sealed that cannot be read later, and
nothing is hashed that cannot be found.
"""
