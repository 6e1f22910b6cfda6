"""What the web server runs. On the embedded default the worker is a thread of the same process."""

import structlog

from lti_app.app import assemble, create_app
from lti_app.core.logs import configure_logs
from lti_app.core.settings import load_settings
from lti_app.jobs.worker import EmbeddedWorker
from lti_app.storage.private import make_private
from lti_app.web.templating import compile_templates

configure_logs()
settings = load_settings()
for found in make_private(settings):
    structlog.get_logger().warning("open_to_others", path=str(found.path), is_private_now=found.is_private_now)
parts = assemble(settings)
application = create_app(parts)
compile_templates(application)
parts.jobs.huey.storage.close()  # other processes may be forked from this one: none may inherit a connection
worker = EmbeddedWorker(parts.jobs) if parts.settings.embedded else None
