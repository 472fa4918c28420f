"""The WSGI entry point: `app` and nothing else. In production it refuses an unsound place as `portal serve` does."""

from portal.app import create_app
from portal.cli.check import refuse_unsound
from portal.config import read_config

_config = read_config()
refuse_unsound(_config)
app = create_app(_config)
