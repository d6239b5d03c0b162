"""The only holder of key material: create, load, name, sign bytes."""
