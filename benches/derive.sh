#!/bin/sh
# How fast derive is, against tools that do less: every command in turn, ROUNDS times, medians. Needs GNU time and a tmpfs.
#   benches/derive.sh [PATH OF imctl]      LINES=20000000 ROUNDS=5 WORK=/dev/shm
set -eu
cd "$(dirname "$0")/.."
imctl=$(realpath "${1:-target/release/imctl}")
lines=${LINES:-20000000} rounds=${ROUNDS:-5}
work=$(mktemp -d "${WORK:-/dev/shm}/imctl-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

rustc -O --edition 2024 benches/generate/addresses.rs -o "$work/addresses"
"$work/addresses" "$lines" 42 > "$work/list.txt"
for form in csv ldif json; do "$work/addresses" "$((lines / 20))" 42 "$form" > "$work/list.$form"; done

cat > "$work/commands" <<END
sed	sed 's/@/@im./' list.txt > /dev/null
derive	$imctl derive -q list.txt > /dev/null
sed, pipes	cat list.txt | sed 's/@/@im./' | cat > /dev/null
derive, pipes	cat list.txt | $imctl derive -q | cat > /dev/null
sort -u	sort -u --parallel=2 -S 4G list.txt > /dev/null
derive --unique	$imctl derive -q --unique list.txt > /dev/null
derive csv	$imctl derive -q list.csv > /dev/null
derive ldif	$imctl derive -q list.ldif > /dev/null
derive json	$imctl derive -q list.json > /dev/null
END

round=0
while [ "$round" -lt "$rounds" ]; do
    while IFS="$(printf '\t')" read -r name command; do
        (cd "$work" && /usr/bin/time -o figures -f '%e %M' sh -c "$command" 2> complaints < /dev/null || true)
        printf '%s\t%s\n' "$name" "$(tail -1 "$work/figures")" >> "$work/results"
    done < "$work/commands"
    round=$((round + 1))
done

printf '%-16s %8s %8s\n' command seconds peak-KB
cut -f1 "$work/commands" | while read -r name; do
    grep "^$name	" "$work/results" | cut -f2 | sort -n | awk -v name="$name" '
        { seconds[NR] = $1; if ($2 > peak) peak = $2 }
        END { printf "%-16s %8.2f %8d\n", name, seconds[int((NR + 1) / 2)], peak }'
done | tee "$work/table"
awk -v csv="$(wc -c < "$work/list.csv")" -v ldif="$(wc -c < "$work/list.ldif")" -v json="$(wc -c < "$work/list.json")" '
    { figure = $(NF - 1); sub(/ +[0-9.]+ +[0-9]+$/, ""); s[$0] = figure }
    END {
        printf "sed / derive: %.1f; through pipes: %.1f; sort -u / derive --unique: %.1f\n", s["sed"] / s["derive"],
            s["sed, pipes"] / s["derive, pipes"], s["sort -u"] / s["derive --unique"]
        printf "csv: %.0f MB/s; ldif: %.0f MB/s; json: %.0f MB/s\n", csv / s["derive csv"] / 1e6, ldif / s["derive ldif"] / 1e6,
            json / s["derive json"] / 1e6
    }' "$work/table"
