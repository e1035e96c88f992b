"""The versions that this pack tells the library."""

PACK_VERSION = "0.1.0"
PROTOCOL = 1
PROTOCOL_MIN = 1
