"""Anonymous conversations of a line: the technique two lines share, each on its own database.

A line that takes conversations adds `contact_registry.metadata` to its schema and calls
`create_contact_tables` in a migration. Data, keys and hours stay with the line.
"""
