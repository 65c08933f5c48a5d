"""The research package: everything needed to publish a survey's results, and to have each number again.

A dictionary of names and bytes is made first (`contents.files_of`); only when it is whole is anything written
(`writing.write`). The same snapshot gives the same bytes. Knows results and charts, no rows and no pages.
"""
