#!/bin/sh
# A long check at full rate, of names without end and without repeats: knot says what is inside, nsd what is outside, each behind a relay that loses
# LOSS per cent of the packets each way. Watches memory and descriptors, and fails unless both stay within bounds
# and nothing is undecided.
# Needs knotd, nsd and rustc. All traffic stays on 127.0.0.1.
#   benches/soak.sh [MINUTES]      MINUTES=10 LOSS=1 PORT=5400 TARGET=target/release WORK=/tmp
set -eu
cd "$(dirname "$0")/.."
minutes=${1:-${MINUTES:-10}} loss=${LOSS:-1} port=${PORT:-5400}
[ -n "${TARGET:-}" ] || cargo build --release --quiet
imctl=$(realpath "${TARGET:-target/release}/imctl") top=$(pwd)
work=$(mktemp -d "${WORK:-/tmp}/imctl-soak.XXXXXX")
PATH=$PATH:/usr/sbin
export LC_ALL=C
running=""
trap 'for each in $running; do kill "$each" 2>/dev/null || true; done; wait; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

rustc -O --edition 2024 "$top/benches/dns/zone.rs" -o "$work/zone"
rustc -O --edition 2024 "$top/benches/dns/lossy.rs" -o "$work/lossy"
cd "$work"
mkdir db
cat > test.zone <<END
\$ORIGIN test.
\$TTL 300
@ SOA ns hostmaster 1 7200 3600 1209600 300
@ NS ns
ns A 127.0.0.1
* A 10.0.0.1
END
cat > knot.conf <<END
server:
  rundir: "$work"
  listen: 127.0.0.1@$port
database:
  storage: "$work/db"
log:
  - target: stderr
    any: error
zone:
  - domain: test.
    file: "$work/test.zone"
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
END
cat > nsd.conf <<END
server:
  ip-address: 127.0.0.1@$((port + 1))
  zonesdir: "$work"
  pidfile: "$work/nsd.pid"
  xfrdfile: "$work/xfrd.state"
  zonelistfile: "$work/zone.list"
  logfile: "$work/nsd.log"
  username: ""
  chroot: ""
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: test.
  zonefile: test.zone
END
knotd -c knot.conf > knot.log 2>&1 &
running="$running $!"
nsd -d -c nsd.conf > nsd.out 2>&1 &
running="$running $!"
for view in 0 1; do
    ./lossy "127.0.0.1:$((port + 10 + view))" "127.0.0.1:$((port + view))" "$loss" &
    running="$running $!"
done
# Both are asked by name until they have read the zone.
for view in 0 1; do
    until "$imctl" dns-check --internal "127.0.0.1:$((port + view))" --timeout 2 --format json im.d000001.test 2>/dev/null |
        grep -q '"undecided": 0,'; do sleep 1; done
done

mkfifo domains
timeout $((minutes * 60)) ./zone names 4000000000 4000000000 > domains &
running="$running $!"
"$imctl" dns-check --internal "127.0.0.1:$((port + 10))" --external "127.0.0.1:$((port + 11))" --router 10.0.0.0/8 --bulk \
    --no-progress --domains - --format jsonl < domains 2> errors | { grep -v '^{"type":"\(finding\|domain\)"' || true; } > rows &
sleep 2
pid=$(pgrep -f "^$imctl dns-check" | head -1)
: > samples
while [ -r "/proc/$pid/status" ]; do
    kb=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null) || break
    fds=$(find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l)
    ticks=$(awk '{ print $14 + $15 }' "/proc/$pid/stat" 2>/dev/null) || break
    [ -n "$kb" ] && echo "$kb $fds $ticks" >> samples
    sleep 2
done
head -c 300 errors
tail -n 1 rows | tee last
domains=$(sed -n 's/.*"domains":\([0-9]*\).*/\1/p' last)
# A list keeps a fingerprint of each name, to tell repeats: that much may be added for each domain.
awk -v domains="${domains:-0}" '{ kb[NR] = $1; if ($2 > fds) fds = $2; if ($3 > ticks) ticks = $3 }
    END { half = int(NR / 2)
          for (n = 2; n <= NR; n++) { which = n > half; if (kb[n] > most[which]) most[which] = kb[n] }
          printf "%d samples; memory: at most %.1f MB in the first half, %.1f MB in the second; at most %d descriptors; %.0f s of the processor\n",
                 NR, most[0] / 1000, most[1] / 1000, fds, ticks / 100
          if (NR < 10 || fds > 128 || (most[1] - most[0]) * 1000 > domains / 2 * 128) exit 1 }' samples
grep -q '"undecided":0,' last
