"""The page door: sign-in, lists, one evaluation."""
