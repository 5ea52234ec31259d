"""Whether each link of a built site is alive.

`discover` crawls the site with LinkChecker: every internal link and anchor must lead somewhere.
``python -m linkhealth discover FOLDER`` runs it.
"""
