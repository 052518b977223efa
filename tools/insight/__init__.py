"""Ways of looking into a trained network; `inkling-desk mind` and `report` show them."""
