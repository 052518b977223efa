"""What can go wrong on the appliance, each error also a builtin."""


class DeviceError(Exception):
    """Base of every error that the appliance raises on purpose: one line, meant to be read."""


class BadConfig(DeviceError, ValueError):
    """The configuration names an unknown key or an impossible value."""


class BadPicture(DeviceError, ValueError):
    """A picture file can't be opened, or isn't one that can be read."""


class CameraError(DeviceError, OSError):
    """The camera is missing, busy or broken."""


class CameraHung(CameraError, TimeoutError):
    """The camera gave no frame in time."""


class BoardError(DeviceError, OSError):
    """The pins can't be had, or a display on them failed."""
