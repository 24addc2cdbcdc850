"""The public website: server-rendered, complete without JavaScript, Dutch first."""
