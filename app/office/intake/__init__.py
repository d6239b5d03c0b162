"""From a raw object of an office file or call to a value: notes, fields, collections."""
