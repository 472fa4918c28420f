"""The WSGI entry point: `app` and nothing else."""

import os

from portal.app import create_app

os.umask(0o077)  # database, photos and uploads are for the portal's own account
app = create_app()
