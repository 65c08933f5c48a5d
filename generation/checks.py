"""What the machine must have, said by `manage.py check` before a participant finds out."""
