"""Henji (痕迹): judge forecasts and segment changes against declarative rules, and prove it later."""
