"""The seller's web app: choose an order, a message type, write, attach, send, and follow what happened."""
