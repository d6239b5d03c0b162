"""What holds for every test."""

from hypothesis import HealthCheck, settings

# A slow machine is no bug of the product: a property may take its time to be drawn.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("house")
