"""What the web server serves."""

import os

from django.core.wsgi import get_wsgi_application

from tuoyu.project.processes import PARENT, end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.project.settings")

if PARENT in os.environ:
    end_with_parent()

application = get_wsgi_application()
