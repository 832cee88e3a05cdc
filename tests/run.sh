#!/bin/sh
# Everything that has to hold before a change lands: format, lints, tests, the real servers, generated files.
# Does its own set-up on a fresh machine with Rust; as root on Debian it installs the servers that the tests run against.
set -eu
cd "$(dirname "$0")/.."

servers="named knotd nginx ip chromium npm"
missing=""
for program in $servers; do
    command -v "$program" >/dev/null 2>&1 || [ -x "/usr/sbin/$program" ] || missing="$missing $program"
done
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing the servers that the tests run against:$missing"
    # The packages must not start their daemons: the tests start their own, on loopback.
    [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d; }
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends bind9 knot nginx-light iproute2 chromium >/dev/null
    command -v npm >/dev/null 2>&1 || DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends nodejs npm >/dev/null
fi

# What drives the browser and what judges accessibility; used by tests only, never part of the program.
tools="${XDG_CACHE_HOME:-$HOME/.cache}/imctl-tests"
if command -v npm >/dev/null 2>&1 && ! [ -d "$tools/node_modules/axe-core" ]; then
    mkdir -p "$tools"
    npm install --prefix "$tools" --no-save --no-audit --no-fund --silent playwright-core@1 axe-core@4 || echo "the browser tools cannot be installed"
fi

cargo fmt --check
cargo clippy --all-targets --locked -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked --quiet
cargo test --locked --lib --test suite
