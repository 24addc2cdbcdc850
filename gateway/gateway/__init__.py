"""The gateway: public website, GraphQL and management, joined from the services."""
