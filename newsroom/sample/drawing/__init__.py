"""Draws the sample photographs of the demo site.

Development only: needs numpy, scipy and Pillow, which the site itself does
not depend on (except Pillow). Run ``python -m newsroom.sample.drawing``.
"""
