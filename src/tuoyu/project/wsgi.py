"""What the web server serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from tuoyu.project.loading import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.project.settings")

with loading():
    application = get_wsgi_application()
    # With every address: the first who asks should not wait for that.
    get_resolver().reverse_dict  # noqa: B018
