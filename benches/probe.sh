#!/bin/sh
# Ten thousand machines, a tenth of which are silent, with a limit of two seconds: those that answer keep the connection, or close it
# after each reply. ab asks as often, of one machine that answers, by a new connection each time.
# Needs nginx, ab, GNU time and rustc, and root: all of it runs in a network namespace of its own. Who answers has one processor and who
# asks another: where the system puts them together both sides take a third less, and it does so now and then.
#   benches/probe.sh      MACHINES=10000 ROUNDS=5 TARGET=target/release WORK=/tmp
set -eu
cd "$(dirname "$0")/.."
if [ -z "${INSIDE:-}" ]; then
    [ -n "${TARGET:-}" ] || cargo build --release --quiet
    INSIDE=1 exec unshare -n sh "$0"
fi
ip link set lo up
imctl=$(realpath "${TARGET:-target/release}/imctl") machines=${MACHINES:-10000} rounds=${ROUNDS:-5}
work=$(mktemp -d "${WORK:-/tmp}/imctl-probe.XXXXXX")
export PATH="$PATH:/usr/sbin" LC_ALL=C
running=""
trap 'for each in $running; do kill "$each" 2>/dev/null || true; done; wait; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

rustc -O --edition 2024 benches/probe/hole.rs -o "$work/hole"
cd "$work"
temps=$(for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $work/$kind;"; done)
# With a text of its own: nginx closes after a bare 501.
answers='location / { if ($request_method = PROPFIND) { return 401 "401\n"; } return 501 "501\n"; }'
cat > nginx.conf <<END
daemon off; master_process off; pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 16384; }
http {
  access_log off; $temps
  add_header RVP-Notifications-Version 1.0 always;
  server { listen 0.0.0.0:8080 backlog=4096; $answers }
  server { listen 0.0.0.0:8082 backlog=4096; keepalive_timeout 0; $answers }
}
END
taskset -c 1 nginx -c "$work/nginx.conf" &
running="$running $!"
taskset -c 1 ./hole 8081 > hole.out &
running="$running $!"
until [ -s hole.out ]; do sleep 0.1; done

# Each machine that answers is asked twice: OPTIONS and PROPFIND.
asked=$((2 * (machines - machines / 10)))
# What an inventory whose machines answer at this port costs, under this name; every machine is told from the others as it should be.
measure() {
    awk -v machines="$machines" -v port="$1" 'BEGIN {
        for (n = 0; n < machines; n++) {
            silent = n % 10 == 9
            address = sprintf("127.%d.%d.%d:%d", silent ? 2 : 1, n / 200, n % 200 + 1, silent ? 8081 : port)
            printf "[[router]]\nname = \"r%d\"\naddresses = [\"%s\"]\n[[domain]]\nname = \"im.d%d.test\"\nrouters = [\"r%d\"]\n", n, address, n, n
        }
    }' > imctl.toml
    command time -a -o "$2" -f '%e %U %S %M' taskset -c 0 "$imctl" probe --timeout 2 --exit-zero --no-progress --format json > report.json
    for class in timeout:$((machines / 10)) rvp:$((machines - machines / 10)); do
        found=$(grep -c "\"class\": \"${class%:*}\"" report.json || true)
        [ "$found" = "${class#*:}" ] || { echo "$found of ${class#*:} are ${class%:*}"; exit 1; }
    done
}
for _ in $(seq "$rounds"); do
    measure 8080 kept
    measure 8082 closed
    command time -a -o ab -f '%e %U %S %M' taskset -c 0 ab -q -n "$asked" -c 64 http://127.1.0.1:8080/ > ab.out
done
for side in kept closed ab; do
    sort -n "$side" | awk -v side="$side" '{ wall[NR] = $1; user[NR] = $2; system_[NR] = $3; memory[NR] = $4 }
        END { middle = int((NR + 1) / 2)
              printf "%s: %.2f s, %.2f + %.2f s of the processor, %.1f MB\n", side, wall[middle], user[middle], system_[middle], memory[middle] / 1000 }'
done
