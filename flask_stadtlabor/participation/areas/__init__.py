"""Areas of the city, such as districts: read from the host's GeoJSON, drawn, and named."""
