"""Pages of corpora, runs, sources and clips, for the people of a study. Participants never come here."""
