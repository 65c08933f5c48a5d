"""Where files become rows. Every door, a command, a page or a job, calls these functions and adds nothing.

    corpora.py         import_corpus
    runs.py            train_run, import_run; sweeps.py: many runs that differ in chosen values
    bundles.py         import_bundle, export_magenta_js
    excerpts.py        excerpt: clips cut out of a corpus
    clip_import.py     import_midi: clips of MIDI and audio made elsewhere
    composing.py       compose_clips; primers.py: what clips are to continue
    clips.py           what the modules that add clips have in common
    rendering.py       render_clips
    rearrangement.py   rearrange_clips: the same music under other clip settings
    clip_measures.py   what is measured on a clip, kept in its row
    originality.py     check_originality: what clips share with a corpus
    fairness.py        whether the models' clips differ in what is not to be judged
    scores.py          score: a clip as notation
    soundfonts.py      add_soundfont, fonts_of
    run_folders.py     run folders as zips
    deletion.py        delete_clip, delete_corpus, delete_run
    orphaned_files.py  sweep_media: files that no row points to
    lookup.py          corpora, runs and sources by the names that people type

All work is whole or not at all: files are written first, under names that nobody looks for, and the rows that point to
them come last, in one transaction. What is there already is not made again.
"""
