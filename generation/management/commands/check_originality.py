from generation.catalogue.lookup import find_corpus, find_source
from generation.catalogue.originality import check_originality
from generation.management.catalogue_command import CatalogueCommand


class Command(CatalogueCommand):
    help = "Compare the clips of a source with a corpus: do they share more with it than human pieces do?"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("source")
        parser.add_argument("--corpus", default="", help="the corpus (default: the one its run was trained on)")

    def act(self, study, *, source, corpus, **options):
        known = find_corpus(study, corpus) if corpus else None
        with self.progress() as progress:
            checked = check_originality(find_source(study, source), known, progress=progress)
        self.conclude(checked)
