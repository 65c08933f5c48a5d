"""What programs may ask about corpora, runs, sources and clips. The same functions as pages and commands call.

    training.py    corpora and runs
    sources.py     sources and their clips
    uploads.py     clips that are sent, and what came of them

Comes in with the first question (`studio.api`): no page needs it.
"""

from ninja import Router

from generation.api import sources, training, uploads

router = Router()
for part in (training, sources, uploads):
    router.add_router("", part.router)
