#!/bin/sh
# Ten thousand machines, a tenth of which are silent, with a limit of two seconds; ab asks as often, of one machine that answers.
# Needs nginx, ab, GNU time and rustc, and root: all of it runs in a network namespace of its own.
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
cat > nginx.conf <<END
daemon off; master_process off; pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 16384; }
http {
  access_log off; $temps
  server {
    listen 0.0.0.0:8080 backlog=4096;
    add_header RVP-Notifications-Version 1.0 always;
    location / {
      if (\$request_method = PROPFIND) { return 401; }
      return 501;
    }
  }
}
END
nginx -c "$work/nginx.conf" &
running="$running $!"
./hole 8081 > hole.out &
running="$running $!"
until [ -s hole.out ]; do sleep 0.1; done

awk -v machines="$machines" 'BEGIN {
    for (n = 0; n < machines; n++) {
        silent = n % 10 == 9
        address = sprintf("127.%d.%d.%d:%d", silent ? 2 : 1, n / 200, n % 200 + 1, silent ? 8081 : 8080)
        printf "[[router]]\nname = \"r%d\"\naddresses = [\"%s\"]\n[[domain]]\nname = \"im.d%d.test\"\nrouters = [\"r%d\"]\n", n, address, n, n
    }
}' > imctl.toml
# Each machine that answers is asked twice: OPTIONS and PROPFIND.
asked=$((2 * (machines - machines / 10)))
for _ in $(seq "$rounds"); do
    command time -a -o ours -f '%e %U %S %M' "$imctl" probe --timeout 2 --exit-zero --no-progress --format json > report.json
    command time -a -o theirs -f '%e %U %S %M' ab -q -n "$asked" -c 64 http://127.1.0.1:8080/ > ab.out
done
# Every machine is told from the others as it should be: the run fails where one is not.
for class in timeout:$((machines / 10)) rvp:$((machines - machines / 10)); do
    found=$(grep -c "\"class\": \"${class%:*}\"" report.json || true)
    [ "$found" = "${class#*:}" ] || { echo "$found of ${class#*:} are ${class%:*}"; exit 1; }
done
for side in ours theirs; do
    sort -n "$side" | awk -v side="$side" '{ wall[NR] = $1; user[NR] = $2; system_[NR] = $3; memory[NR] = $4 }
        END { middle = int((NR + 1) / 2)
              printf "%s: %.2f s, %.2f + %.2f s of the processor, %.1f MB\n", side, wall[middle], user[middle], system_[middle], memory[middle] / 1000 }'
done
