"""The rules of the search, for the page's script and for `helpers.explain`.

Both read them from the data, so that both find the same. How they are used is
told in ``helpers/explain.py``.
"""

RULES: dict[str, object] = {}
