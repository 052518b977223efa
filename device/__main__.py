"""`inkling`: light the status light if this is the daemon, then load all the rest."""

import sys

from device.first_light import FirstLight


def main(words: list[str] | None = None) -> int:
    """Run one command; 0 when done, 1 on failure, 2 on wrong usage."""
    words = sys.argv[1:] if words is None else words
    # With further words the light may be on another pin, or on none.
    first_light = FirstLight() if words == ["run"] else None

    from device.command_line import run

    return run(words, first_light)


if __name__ == "__main__":
    sys.exit(main())
