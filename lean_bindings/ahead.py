"""Whether calls may go ahead of node's answers, and whether one of them was refused.

Apart from `pipelining`, which does it, because that needs jsii, which takes 0.1 s to import.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(slots=True)
class Ahead:
    """What ``rerun_once`` and the connection to node tell each other.

    Attributes:
        allowed: Whether calls may go ahead; only where the program is run again after a refusal.
        refused: Whether node refused one, or answered something else than was foretold.
        catch_up: Waits for the answers that are still to come, and raises ``RefusedError``.
    """

    allowed: bool = False
    refused: bool = False
    catch_up: Callable[[], None] = lambda: None

    @contextlib.contextmanager
    def during(self) -> Iterator[None]:
        """Allows it in the block; at the block's end every answer is there."""
        self.allowed = True
        try:
            yield
            self.catch_up()
        except (Exception, SystemExit):
            # What the program stumbled over may come of a call that was refused before. Where node
            # has died, there are no more answers to wait for, and the program's own error says so.
            with contextlib.suppress(Exception):
                self.catch_up()
            raise
        finally:
            self.allowed = False


AHEAD = Ahead()
