"""A file of the size that is still read is read in seconds, whatever it holds.

Each of these would take minutes, or hours, where the time grows with the square of the size.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.settings.files import Folder

SECONDS = 60
"""Of a processor, after which the process is ended; by the clock a busy machine would end it too."""
LOAD = f"""
import resource
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
import sys
from pathlib import Path
from settings.reading.loading import load_environments
load_environments(Path(sys.argv[1]))
"""
SIZE = 1_000_000

FILES = {
    "parts of a key": ("a." * (SIZE // 2), "line 1: a key of 500000 parts given"),
    "parts of a header": (f"[{'a . ' * (SIZE // 5)}a]", "line 1: a key of 200001 parts given"),
    "unknown settings": (
        "\n".join(f"a{number} = 1" for number in range(90_000)),
        "90004 problems or more given",
    ),
    "items of a list": (f"alarms.emails = [{'1,' * 400_000}]", "400004 problems or more given"),
    "tables of a task": (
        f"[[dms.tasks]]\ntables = [{'{},' * 300_000}]",
        "300005 problems or more given",
    ),
    "quotes that end nothing": (
        'a = """' + r'\"""' * (SIZE // 5),
        "not TOML (unterminated string)",
    ),
}


def said_of(folder: Folder) -> str:
    """What is said of a folder's files, if it is in time."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD, folder.path],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.partition("EnvironmentsError: ")[2]


@pytest.mark.slow
@pytest.mark.parametrize(("content", "said"), FILES.values(), ids=FILES)
def test_an_environments_file(content: str, said: str, folder: Folder) -> None:
    (folder.path / "dev.toml").write_text(content)

    assert said_of(folder).startswith(f"environments/dev.toml: {said}")


@pytest.mark.slow
def test_a_certificates_file(folder: Folder) -> None:
    folder.write(
        "dev.toml", {"source.ssl_mode": "verify-ca", "source.ca_certificate_file": "ca.pem"}
    )
    mark = "-----BEGIN CERTIFICATE-----"
    (folder.path / "ca.pem").write_text(mark * (SIZE // len(mark)))

    assert "whose certificate 1 has no end" in said_of(folder)
