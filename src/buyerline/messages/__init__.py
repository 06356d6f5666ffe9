"""What a message is and whether it may be sent, free of input and output, and sending it as one flow."""
