"""Loads assemblies while Python imports, and a provider's once it is known what is needed."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lean_bindings.checks import remember_checks
from lean_bindings.errors import say

if TYPE_CHECKING:
    from lean_bindings.bindings import Bindings


class DeferringProvider:
    """Stands before the provider through which jsii's kernel speaks to its node process.

    A generated package loads its assembly before its own classes are made, but nothing asks for
    the assembly's types before the imports at the head of a program are done. So node starts and
    loads, ``cdktf`` for one, while Python goes on; and a watched provider is loaded last of all,
    when it is known which of its submodules the program has imported.
    """

    def __init__(self, provider: Any) -> None:  # noqa: ANN401 (any of jsii's)
        """Passes everything on to ``provider``."""
        self._provider = provider
        self._watched: list[Bindings] = []
        self._seen: dict[str, Bindings] = {}
        self._held: list[tuple[Bindings, Any]] = []
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lean_bindings")
        self._loading: list[Future[Any]] = []

    @classmethod
    def installed(cls) -> DeferringProvider:
        """The one that this process's kernel has."""
        # Takes 0.1 s; programs that import no bindings do without.
        import jsii  # noqa: PLC0415

        kernel: Any = jsii.kernel
        if not isinstance(kernel.provider, cls):
            try:
                from lean_bindings.direct import direct  # noqa: PLC0415
            except ImportError as error:
                say(f"node is started the way jsii {jsii.__version__} does it ({error})")
            else:
                kernel.provider = direct(kernel.provider)
            kernel.provider = cls(kernel.provider)
        provider: DeferringProvider = kernel.provider
        return provider

    def watch(self, bindings: Bindings) -> None:
        """Holds back the assembly of these bindings."""
        if bindings not in self._watched:
            self._watched.append(bindings)

    def load(self, request: Any) -> Any:  # noqa: ANN401 (jsii's request and response)
        """Has an assembly loaded, later if it is watched; what goes wrong is raised by then.

        Raises:
            LateImportError: It builds on an assembly that has been loaded slimmed.
        """
        tarball = Path(request.tarball)
        for bindings in self._watched:
            if bindings.ships(tarball):
                self._seen[request.name] = bindings
                self._held.append((bindings, request))
                return None
        if self._seen:
            # Few programs load more than cdktf and the provider.
            from lean_bindings.slimming import names_assembly  # noqa: PLC0415

            for name, bindings in self._seen.items():
                if names_assembly(tarball, name):
                    bindings.needed_whole(request.name)
            self._release()
        if tarball.parent.name != "_jsii":  # unpacked from a zip file for the time of this call
            self._release()
            return self._provider.load(request)
        self._loading.append(self._worker.submit(self._provider.load, request))
        return None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (the provider's methods)
        """Everything else is for the provider, once it has loaded all that it was to load."""
        self._release()
        return getattr(self._provider, name)

    def _release(self) -> None:
        while self._loading:
            self._loading.pop(0).result()
        while self._held:
            bindings, request = self._held.pop(0)
            remember_checks()
            copy = bindings.tarball(request.name, request.version, request.tarball)
            try:
                self._provider.load(type(request)(request.name, request.version, copy))
            except Exception as error:
                if copy == request.tarball:
                    raise
                bindings.refused(copy, error)
                self._provider.load(request)
