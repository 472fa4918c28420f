"""What `make bench` measures: pages and acts of the portal, each against a floor taken in the same run."""
