"""Magenta's own files, read without Magenta, and written again.

Only tensors are read. A bundle also holds a stored graph, which could run anything; it is never looked at.

    bundle_reader.py  a .mag file, a checkpoint or a Magenta.js folder -> a `Bundle`
    files.py          a folder, a zip or uploads, seen as one set of files
    checkpoints.py    TensorFlow's checkpoints of both versions; sstable.py, snappy.py, wire.py, crc32c.py their parts
    tensorflowjs.py   weights for the browser
    recognition.py    tensors by name -> which of Magenta's networks; families.py which of its models
    layers.py         its weights as layers of ours, and back
    exchange.py       a bundle -> a run folder; a run -> a Magenta.js folder
    errors.py         what is refused, and the limits
"""
