"""Pages of results: live, one listener after the other, planned, packed, and shown to everybody."""
