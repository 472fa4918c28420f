"""The pocket explainer: what a worker pays and what the family gets, on a page that a cadre turns towards them."""
