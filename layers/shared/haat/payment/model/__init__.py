"""What payments are made of. Nothing here does anything."""
