"""The Chalice app, whose features are mounted all at once, or each when the first request for it comes.

Importing every feature takes longer than serving a request of one. So the package that is deployed holds a
list of which module serves which route (infra/build.py), and in Lambda only that module is imported.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from chalice.app import Chalice

from chalicelib.kernel.http.routes import Guard, Routes


class Application(Chalice):
    """A Chalice app of the features in these modules, each of which has `routes`."""

    def __init__(self, name: str, features: Sequence[str], *, guard: Guard) -> None:
        super().__init__(app_name=name, configure_logs=False)
        self.api.binary_types.clear()  # bodies are text both ways; files go by presigned links
        self._unmounted = dict.fromkeys(features)
        self._guard = guard
        self._serving: dict[str, str] = {}

    def mount_all(self, authorizer: Any, workers: Iterable[str]) -> None:
        """Mount every feature behind the authorizer, and the workers in these modules: to build, to test."""
        self._mount(list(self._unmounted), authorizer)
        for module in workers:
            self.register_blueprint(import_module(module).worker)

    def mount_late(self, index: Path) -> None:
        """Mount features when they are asked for, by the list that `serving` made; without one, at once.

        API Gateway asked the authorizer before it invokes this function, so nothing here is behind it.
        """
        if index.exists():
            self._serving = json.loads(index.read_text(encoding="utf-8"))
        else:
            self._mount(list(self._unmounted))

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        if self._unmounted:
            asked = event.get("requestContext", {})
            module = self._serving.get(f"{asked.get('httpMethod')} {asked.get('resourcePath')}")
            self._mount([module] if module else list(self._unmounted))
        return super().__call__(event, context)

    def _mount(self, modules: list[str], authorizer: Any = None) -> None:
        for module in modules:
            if module in self._unmounted:
                routes: Routes = import_module(module).routes
                self.register_blueprint(routes.blueprint(authorizer, self._guard))
                del self._unmounted[module]


def serving(features: Iterable[str]) -> dict[str, str]:
    """Which of these modules serves which route: `GET /v1/health` and the like, by method and path."""
    return {
        f"{method} {route.path}": module
        for module in features
        for route in import_module(module).routes.table
        for method in route.methods
    }
