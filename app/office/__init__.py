"""The office as frozen values: cycles, people, customers, products, forecasts. Nothing here judges or stores."""
