"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path


def machine() -> list[str]:
    """A line each for the processor and the programs."""
    return [
        f"{platform.system()} {platform.machine()}, {_processor()}, {os.cpu_count()} processors",
        f"Python {platform.python_version()}, Node.js {_node()}",
        ", ".join(
            f"{package} {version(package)}"
            for package in ("cdktf", "cdktf-cdktf-provider-aws", "jsii", "pydantic")
        ),
    ]


def load() -> str:
    """The load averages: how many processes wanted a processor in the last 1, 5, 15 minutes."""
    return " ".join(f"{average:.1f}" for average in os.getloadavg())


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or "processor unknown"


def _node() -> str:
    done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
