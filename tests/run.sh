#!/bin/sh
# Everything that has to hold before a change lands: format, lints, tests, the real servers, generated files.
# Does its own set-up on a fresh machine with Rust; as root on Debian it installs the servers that the tests run against.
set -eu
cd "$(dirname "$0")/.."

# A program that the tests run, and the Debian package that brings it.
needed="
named:bind9
knotd:knot
nginx:nginx-light
ip:iproute2
nsupdate:bind9-dnsutils
node:nodejs
parallel:parallel
faketime:faketime
slapd:slapd
ldapmodify:ldap-utils
dpkg:dpkg
strip:binutils
xmllint:libxml2-utils
promtool:prometheus
chromium:chromium
npm:npm
"
missing=""
for pair in $needed; do
    program=${pair%%:*}
    command -v "$program" >/dev/null 2>&1 || [ -x "/usr/sbin/$program" ] || missing="$missing ${pair##*:}"
done
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing the servers and programs that the tests run against:$missing"
    # The packages must not start their daemons: the tests start their own, on loopback.
    [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d; }
    apt-get update -q >/dev/null
    # shellcheck disable=SC2086 # a list of packages
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing >/dev/null
fi

# What drives the browser and what judges accessibility; used by tests only, never part of the program.
tools="${XDG_CACHE_HOME:-$HOME/.cache}/imctl-tests"
if command -v npm >/dev/null 2>&1 && ! [ -d "$tools/node_modules/axe-core" ]; then
    mkdir -p "$tools"
    npm install --prefix "$tools" --no-save --no-audit --no-fund --silent playwright-core@1 axe-core@4 || echo "the browser tools cannot be installed"
fi

# octoDNS reads what records writes. Debian has no package of it, so it lives in a folder of its own.
if ! command -v octodns-validate >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "installing octoDNS"
    python3 -c 'import ensurepip' 2>/dev/null || {
        apt-get update -q >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends python3-venv >/dev/null
    }
    [ -x /opt/octodns/bin/octodns-validate ] || { python3 -m venv /opt/octodns && /opt/octodns/bin/pip install -q octodns; }
    mkdir -p /usr/local/bin && ln -sf /opt/octodns/bin/octodns-validate /usr/local/bin/octodns-validate
fi

# cargo-deb makes the package that a test installs; cargo-deny holds the dependencies to deny.toml.
for tool in cargo-deb cargo-deny; do
    command -v "$tool" >/dev/null 2>&1 || [ -z "${IMCTL_REQUIRE_SERVERS:-}" ] || {
        echo "building $tool"
        cargo install --quiet --locked "$tool"
    }
done

# What the supply chain is judged by covers every platform, also those that are not built here.
cargo fetch --locked --quiet
cargo fmt --check
cargo clippy --all-targets --locked -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked --quiet
cargo test --locked --lib --test suite

# What unsafe code of dependencies does with hostile octets, by the address sanitizer: corpora, and servers and machines that misbehave.
# Its runtime comes with the toolchain; a stable compiler links it only where it is told that it may.
asan="$(rustc --print target-libdir)/librustc-*_rt.asan.a"
# shellcheck disable=SC2086 # a pattern
if [ -n "$(ls $asan 2>/dev/null)" ]; then
    export ASAN_OPTIONS=abort_on_error=1:detect_leaks=0 # its own exit status would pass for one of imctl's
    RUSTC_BOOTSTRAP=1 RUSTFLAGS="${RUSTFLAGS:-} -Zsanitizer=address" CARGO_PROFILE_DEV_DEBUG=line-tables-only \
        cargo test --locked --target "$(rustc -vV | sed -n 's/^host: //p')" --target-dir target/asan --test suite -- fuzz_corpora:: faults::
else
    echo "SKIPPED: this toolchain has no runtime of the address sanitizer"
    [ -z "${IMCTL_REQUIRE_SERVERS:-}" ]
fi
