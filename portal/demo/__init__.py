"""Demo: believable data of Palembang."""
