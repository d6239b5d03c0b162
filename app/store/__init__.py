"""Everything durable: tables, unit of work, one file per aggregate."""
