"""The research package: everything needed to publish a survey's results, and to repeat each number.

`rating_package` and `pair_package` make a dictionary of names and bytes; only when it is whole is anything written
(`archive.write`). The same snapshot gives the same bytes. Knows results and charts, no rows and no pages.
"""
