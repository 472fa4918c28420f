"""The WSGI entry point: `app` and nothing else."""

from portal.app import create_app

app = create_app()
