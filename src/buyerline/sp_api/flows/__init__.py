"""Every method of the drop-in, described once as a flow; its clients run them, blocking or awaited."""
