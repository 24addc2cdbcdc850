"""The helpline (hulplijn): help for people who met online abuse."""
