"""The Hash Check Service: tells hosting companies whether a picture is known."""
