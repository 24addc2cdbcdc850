"""Insight for management: the metrics that exist and the page that shows them."""
