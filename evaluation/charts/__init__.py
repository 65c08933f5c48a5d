"""Pictures of tables. No arithmetic on the numbers here: what a chart shows, a table already holds.

Knows nothing of Django; usable from a notebook: `gallery.rating_charts(describe_ratings(table))[0].figure.show()`.
"""
