"""Work on the written site: the steps, in the order in which they run.

Sphinx has written all pages. `site.Site` holds them in memory; each step is a
function of it that changes pages, or files beside them. At the end the pages
are written, once.
"""

from .files import delete_unused
from .font import cut_font
from .front_page import add_front_page
from .inline import refuse_scripts
from .markup import correct_markup
from .not_found import start_at_the_root
from .old_addresses import keep_old_addresses
from .pictures import lighten_pictures
from .policy import state_policy
from .scripts import join_scripts
from .sheet import join_sheets
from .sitemap import write_sitemap
from .still_there import check_upstream

STEPS = (
    check_upstream,  # on the pages as Sphinx wrote them
    correct_markup,
    keep_old_addresses,
    refuse_scripts,  # those of the theme are as they will be; ours are to come
    lighten_pictures,
    cut_font,
    join_scripts,
    join_sheets,  # knows what scripts may make by the joined ones
    delete_unused,  # what the two have replaced
    add_front_page,  # a copy of a page that is done, but for its policy
    start_at_the_root,
    state_policy,  # hashes the scripts of each page that may run
    write_sitemap,
)
