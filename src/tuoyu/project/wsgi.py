"""What the web server serves."""

import os

from django.core.wsgi import get_wsgi_application

from tuoyu.project.processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.project.settings")

if os.environ.get("TUOYU_SUPERVISED") == "1":
    end_with_parent()

application = get_wsgi_application()
