"""What runs beside the requests of the web process, and the edges to other systems."""
