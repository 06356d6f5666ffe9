"""What both web sites stand on, the seller's app and the sandbox: a server, and the tokens of their looks."""
