"""Puts each service's extension in the place of moto's own backend and response class."""

from __future__ import annotations

import importlib

from local_aws.services import EXTENSIONS


def register_all() -> None:
    """Register every extension of `local_aws.services`. Doing so again changes nothing."""
    for extension in EXTENSIONS:
        models = importlib.import_module(f"moto.{extension.package}.models")
        backends = getattr(models, f"{extension.package}_backends")
        if extension.backend is not None:
            backends.backend = extension.backend
        for name, model in extension.models.items():
            setattr(models, name, model)
        if extension.response is not None:
            paths = importlib.import_module(f"moto.{extension.package}.urls").url_paths
            for path, handler in paths.items():
                paths[path] = getattr(extension.response, handler.__name__)
