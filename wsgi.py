"""The WSGI entry point: ``gunicorn wsgi:application``."""

from app.factory import create_app

application = create_app()
