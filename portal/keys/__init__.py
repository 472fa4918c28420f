"""Keys: which ones this database knows, compared wherever work begins, so that a wrong or lost one stops it.

A row for each key holds a proof that only this key makes: nothing is sealed that nobody reads later, nothing hashed
that nobody finds.
"""
