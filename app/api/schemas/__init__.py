"""The shapes that go over the wire, one module per subject."""
