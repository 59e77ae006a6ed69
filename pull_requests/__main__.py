"""`python -m pull_requests`."""

import sys

from pull_requests.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
