"""What the web and API doors share: current actor, problem documents, limits, headers."""
