"""Puts each service's extension in the place of moto's own backend and response class."""

from __future__ import annotations

import importlib
from functools import cache

from moto.core import responses, utils

from local_aws.services import EXTENSIONS

_method_names = cache(utils.method_names_from_class)
"""moto looks through a response class for each call: a sixth of the time."""


def register_all() -> None:
    """Register every extension of `local_aws.services`. Doing so again changes nothing."""
    responses.method_names_from_class = _method_names
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
