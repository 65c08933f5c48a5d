"""What commands that write a package have in common."""

from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.package.archive import write


class PackageOutput:
    def add_package_arguments(self, parser) -> None:
        parser.add_argument("--out", type=Path, required=True, help=_("a new folder, or a file that ends in .zip"))
        parser.add_argument("--without-figures", action="store_true", help=_("do not draw figures"))
        parser.add_argument("--without-models", action="store_true", help=_("describe only; fit no mixed models"))
        parser.add_argument("--without-flagged", action="store_true", help=_("exclude flagged participants"))

    def write_files(self, files: dict[str, bytes], out: Path, *, pictures: bool) -> None:
        write(files, out)
        message = ngettext("Wrote %(number)s file to %(out)s.", "Wrote %(number)s files to %(out)s.", len(files))
        self.stdout.write(message % {"number": f"{len(files):,}", "out": out})
        if pictures and not any(name.endswith(".svg") for name in files):
            self.stdout.write(_("The figures could not be drawn. README.txt in the package says why."))
