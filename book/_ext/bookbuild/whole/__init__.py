"""One build at a time, and a site that is whole or not there."""
