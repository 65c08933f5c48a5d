"""What pieces are like.

measures.py     numbers for one piece, as the literature defines them
overlap.py      how alike two distributions of such numbers are
fairness.py     whether clips of different sources differ in something other than the music
originality.py  what a clip has in common with a corpus
overview.py     a corpus at a glance
"""
