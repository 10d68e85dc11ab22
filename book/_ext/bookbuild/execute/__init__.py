"""Execute the notebooks, and compare what they print with what is stored."""
