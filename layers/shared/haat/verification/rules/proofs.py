"""How a shop shows that a website is its own."""

from typing import Final

PATH: Final = "/.well-known/haat-verification.txt"  # a file with the token as one line (RFC 8615 reserves the folder)
RECORD: Final = "_haat-verification"  # a TXT record of this name below the website's (RFC 8552)
VALUE: Final = "haat-verification="  # what stands in it, before the token
