"""Which links of a built site are alive.

`discover` crawls the site with LinkChecker: every internal link and anchor must lead somewhere.
``python -m linkhealth discover FOLDER`` runs it.
"""
