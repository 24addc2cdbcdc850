"""The half of the Hash Check Service that runs at a hosting company: pictures never leave it."""
