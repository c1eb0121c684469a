"""The search: from what is typed to what is found.

typed → `typed.py` words, phrases, left out → `finding.py` numbers of stories → `stories.py` their
texts → `fragments.py` what is shown of each → `views.py`. Both what is typed and what is indexed
(`index.py`) is read by `folding.py`.
"""
