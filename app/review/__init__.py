"""The people's half: who may do what next, and who may not because of what that person did before."""
