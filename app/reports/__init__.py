"""What a record says, how it is drawn, sealed and checked."""
