"""Pure rules of the Hash Check Service."""
