#!/bin/sh
# How fast DNS servers are asked, beside massdns where it is on PATH: every command in turn, ROUNDS times, medians; every answer
# is compared with the zone. Needs knotd (Debian: knot), GNU time and rustc; unbound is asked too where it is installed.
# All traffic stays on 127.0.0.1.
#   benches/dns.sh [ROUNDS]      ROUNDS=5 NAMES=200000 WORK=/tmp PORT=5300
#   ONLY='20 ms' benches/dns.sh  only the commands whose line matches
set -eu
cd "$(dirname "$0")/.."
rounds=${1:-${ROUNDS:-5}} names=${NAMES:-200000} port=${PORT:-5300}
lossy=$((port + 10)) warm=$((port + 20))
many=$((names * 5 / 2))
cargo build --release --quiet --bins --examples
bin=$(realpath target/release) top=$(pwd)
work=$(mktemp -d "${WORK:-/tmp}/imctl-dns.XXXXXX")
PATH=$PATH:/usr/sbin
export LC_ALL=C
running=""
trap 'for each in $running; do kill "$each" 2>/dev/null || true; done; wait; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

rustc -O --edition 2024 "$top/benches/dns/zone.rs" -o "$work/zone"
cd "$work"
mkdir db
./zone zone "$names" > test.zone
./zone names "$names" "$names" > names
./zone names "$names" "$many" > many
for type in A AAAA SRV; do
    case $type in SRV) sed 's/^/_imps._tcp./' names ;; *) cat names ;; esac > "names.$type"
done
cat > knot.conf <<END
server:
  rundir: "$work"
  listen: 127.0.0.1@$port
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
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
knotd -c knot.conf > knot.log 2>&1 &
running="$running $!"
"$bin/examples/dns-responder" "127.0.0.1:$lossy" 5 20 &
running="$running $!"
for each in "$port" "$lossy" "$warm"; do echo "127.0.0.1:$each" > "server.$each"; done

# LABEL<tab>CHECK<tab>COMMAND: what the answers have to be is in CHECK, the answers are in the file `answers`.
tab=$(printf '\t')
{
    us="$bin/examples/dns-lookups"
    echo "imctl, in flight 1000${tab}$many A${tab}$us 127.0.0.1:$port many A 1000 > answers"
    echo "imctl, bulk${tab}$names A${tab}$us 127.0.0.1:$port names A > answers"
    echo "imctl, bulk, three types${tab}$names A,AAAA,SRV${tab}$us 127.0.0.1:$port names A,AAAA,SRV > answers"
    echo "imctl, bulk, 20 ms and 5 % lost each way${tab}$names A${tab}$us 127.0.0.1:$lossy names A > answers"
    if command -v massdns > /dev/null; then
        them="massdns -o J -w answers --predictable -q"
        echo "massdns -s 1000${tab}$many A${tab}$them -s 1000 -r server.$port -t A many"
        echo "massdns${tab}$names A${tab}$them -r server.$port -t A names"
        echo "massdns -s 300${tab}$names A${tab}$them -s 300 -r server.$port -t A names"
        echo "massdns, three runs${tab}$names A,AAAA,SRV${tab}for t in A AAAA SRV; do $them -r server.$port -t \$t names.\$t; cat answers; done > all; mv all answers"
        echo "massdns, 20 ms and 5 % lost each way${tab}$names A${tab}$them -r server.$lossy -t A names"
    fi
    echo "imctl dns-check --bulk${tab}report${tab}$bin/imctl dns-check -q --bulk --internal 127.0.0.1:$port --router 10.0.0.0/8 --router fd00::/8 --domains names --format jsonl --fail-on never > answers"
} > commands
if command -v unbound > /dev/null; then
    cat > unbound.conf <<END
server:
  interface: 127.0.0.1@$warm
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "$work"
  pidfile: "$work/unbound.pid"
  num-threads: 1
  msg-cache-size: 256m
  rrset-cache-size: 256m
  do-not-query-localhost: no
  access-control: 127.0.0.0/8 allow
  local-zone: "test." nodefault
stub-zone:
  name: "test."
  stub-addr: 127.0.0.1@$port
END
    unbound -c unbound.conf > unbound.log 2>&1 &
    running="$running $!"
    echo "imctl, bulk, unbound${tab}$names A${tab}$us 127.0.0.1:$warm names A > answers" >> commands
    if command -v massdns > /dev/null; then
        echo "massdns -s 500, unbound${tab}$names A${tab}massdns -o J -w answers --predictable -q -s 500 -r server.$warm -t A names" >> commands
    fi
fi

# From a cold start: the time for so many programs, one after another.
starts=50
one="seq $starts | while read -r n; do"
echo "imctl dns-check, $starts starts for a name each${tab}starts${tab}$one $bin/imctl dns-check -q --internal 127.0.0.1:$port --router 10.0.0.0/8 --format jsonl --fail-on never im.d00000\$((n % 9)).test; done > answers" >> commands
if command -v dig > /dev/null; then
    echo "dig, $starts starts for a name each${tab}starts${tab}$one dig +short @127.0.0.1 -p $port im.d00000\$((n % 9)).test A; done > answers" >> commands
fi
grep -E -- "${ONLY:-.}" commands > chosen || { echo "no command matches $ONLY" >&2; exit 1; }
mv chosen commands

tries=0
until "$bin/examples/dns-lookups" "127.0.0.1:$port" names > answers 2> /dev/null && ./zone check "$names" "$names" A < answers 2> wrong; do
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || { echo "knotd does not answer as it should:" >&2; cat knot.log >&2; head -3 wrong >&2; exit 1; }
    sleep 1
done
if command -v unbound > /dev/null; then "$bin/examples/dns-lookups" "127.0.0.1:$warm" names > answers 2> warming; fi

round=0
while [ "$round" -lt "$rounds" ]; do
    while IFS="$tab" read -r label check command; do
        /usr/bin/time -o figures -f '%e %U %S %M' sh -c "$command" 2> remarks < /dev/null
        case $check in
            starts) [ "$(grep -c '10\.0\.0\.[0-8]' answers)" -ge "$starts" ] ;;
            report) [ "$(grep -c '"type":"domain"' answers)" = "$names" ] && grep -q '"error":'$((names / 10))',.*"undecided":0' answers ;;
            *) ./zone check "$names" $check < answers ;;
        esac || { echo "$label: not the answers of the zone" >&2; exit 1; }
        printf '%s\t%s\t%s\n' "$label" "$(tail -1 figures)" "$(tr '\n' ' ' < remarks)" >> results
    done < commands
    round=$((round + 1))
done

printf '%-44s %8s %8s %8s %9s\n' command seconds user system peak-KB
cut -f1 commands | while read -r label; do
    awk -F "$tab" -v label="$label" '$1 == label { print $2 }' results > of
    for column in 1 2 3 4; do cut -d' ' -f$column of | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; done |
        tr '\n' ' ' | awk -v label="$label" '{ printf "%-44s %8.2f %8.2f %8.2f %9d\n", label, $1, $2, $3, $4 }'
done
awk -F "$tab" '$3 ~ /queries/ { last[$1] = $3 } END { for (label in last) print label ": " last[label] }' results | sort
