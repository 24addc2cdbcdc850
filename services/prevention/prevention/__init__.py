"""The prevention line (preventielijn): help for people worried about behaviour."""
