"""How a clip's notes were arranged stands in one place of its provenance, `arrangement`, as in what jobs are sent.

Until now files and re-rendered clips had `making`, and excerpts and compositions single values beside the others.
"""

from django.db import migrations

UNCHANGED = {
    "seconds": 0.0,
    "bars": 0,
    "cut": "start",
    "seed": 1,
    "texture": "file",
    "tempo": 0.0,
    "dynamics": "file",
}


def one_arrangement(values: dict, *, is_excerpt: bool) -> dict:
    """The same values with `arrangement` in place of the older keys."""
    values = dict(values)
    if "making" in values:
        arrangement = UNCHANGED | values.pop("making")
        for key in ("bars", "cut", "tempo", "dynamics", "melody_only"):
            values.pop(key, None)  # of the clip that it was made from, or the same once more
        return values | {"arrangement": arrangement}
    arrangement = UNCHANGED | ({"cut": "drawn"} if is_excerpt else {})
    if values.pop("melody_only", False):
        arrangement["texture"] = "melody"
    for key in ("bars", "cut", "tempo", "dynamics"):
        if values.get(key):
            arrangement[key] = values[key]
        values.pop(key, None)
    for key in ("seconds", "seed"):  # facts about the clip as well: they stay where they are
        if values.get(key):
            arrangement[key] = values[key]
    if arrangement["bars"]:
        arrangement["seconds"] = 0.0
    return values | {"arrangement": arrangement}


def rewrite(apps, schema_editor):
    clips = []
    Clip = apps.get_model("generation", "Clip")
    for clip in Clip.objects.only("pk", "provenance").iterator(chunk_size=500):
        made_by = clip.provenance.get("made_by")
        if "making" in clip.provenance or made_by in ("excerpt", "compose"):
            clip.provenance = one_arrangement(clip.provenance, is_excerpt=made_by == "excerpt")
            clips.append(clip)
    Clip.objects.bulk_update(clips, ["provenance"], batch_size=500)
    Errand = apps.get_model("generation", "Errand")
    for errand in Errand.objects.filter(kind__in=["import_midi", "excerpt", "compose", "policy"]):
        values = dict(errand.values)
        if errand.kind == "policy":
            values["policy"] = one_arrangement(values["policy"], is_excerpt=False)
        else:
            values = one_arrangement(values, is_excerpt=errand.kind == "excerpt")
            for key in ("seconds", "seed"):
                values.pop(key, None)
        errand.values = values
        errand.save(update_fields=["values"])


class Migration(migrations.Migration):
    dependencies = [("generation", "0004_corpus_pedal")]
    operations = [migrations.RunPython(rewrite, migrations.RunPython.noop)]
