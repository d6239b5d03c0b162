"""The append-only RFC 6962 log: event, tree, proof, checkpoint, verify. Pure, no database."""
