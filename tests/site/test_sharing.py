"""The tests of a page share its visits, so all of them run in one worker."""

import pytest


@pytest.mark.xdist_group("sharing")
def test_the_tests_of_a_group_go_to_one_worker(request):
    """Else each worker visits each page, and builds and serves what one could."""
    workers = getattr(request.config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        assert request.node.nodeid.endswith("@sharing"), "xdist forms no groups"
