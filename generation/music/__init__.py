"""Music: notes, tokens, networks, composing, sound. Knows no Django; usable from a notebook."""
