"""What the web server runs. On the embedded default the worker is a thread of the same process."""

from lti_app.app import assemble, create_app
from lti_app.core.logs import configure_logs
from lti_app.core.settings import load_settings
from lti_app.jobs.worker import EmbeddedWorker

configure_logs()
parts = assemble(load_settings())
application = create_app(parts)
worker = EmbeddedWorker(parts.jobs) if parts.settings.embedded else None
