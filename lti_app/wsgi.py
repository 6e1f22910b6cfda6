"""What the web server runs. On the embedded default the worker is a thread of the same process."""

from lti_app.app import create_app
from lti_app.core.logs import configure_logs
from lti_app.core.settings import load_settings
from lti_app.jobs import start_embedded_worker

configure_logs()
settings = load_settings()
application = create_app(settings)
worker = start_embedded_worker(settings) if settings.embedded else None
