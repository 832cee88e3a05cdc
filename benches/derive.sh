#!/bin/sh
# How fast derive is, against tools that do less: every command in turn, ROUNDS times, medians. Needs GNU time and a tmpfs; mawk and
# xsv where they are there. Before it: cargo build --release --bins --examples
#   benches/derive.sh      LINES=20000000 ROUNDS=5 WORK=/dev/shm TARGET=target/release
set -eu
cd "$(dirname "$0")/.."
imctl=$(realpath "${TARGET:-target/release}/imctl") portable=$(realpath "${TARGET:-target/release}/examples/portable")
lines=${LINES:-20000000} rounds=${ROUNDS:-5}
work=$(mktemp -d "${WORK:-/dev/shm}/imctl-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

rustc -O --edition 2024 benches/generate/addresses.rs -o "$work/addresses"
"$work/addresses" "$lines" 42 > "$work/list.txt"
"$work/addresses" "$((lines / 4))" 42 csv > "$work/list.csv"
for form in ldif json; do "$work/addresses" "$((lines / 20))" 42 "$form" > "$work/list.$form"; done

cat > "$work/commands" <<END
sed	sed 's/@/@im./' list.txt > /dev/null
derive	$imctl derive -q list.txt > /dev/null
derive, portable	$portable derive -q list.txt > /dev/null
sed, pipes	cat list.txt | sed 's/@/@im./' | cat > /dev/null
derive, pipes	cat list.txt | $imctl derive -q | cat > /dev/null
sort -u	sort -u --parallel=2 -S 4G list.txt > /dev/null
derive --unique	$imctl derive -q --unique list.txt > /dev/null
derive csv	$imctl derive -q list.csv > /dev/null
derive ldif	$imctl derive -q list.ldif > /dev/null
derive json	$imctl derive -q list.json > /dev/null
END
if command -v mawk > /dev/null; then echo "mawk	mawk '{ sub(/@/, \"@im.\") } 1' list.txt > /dev/null" >> "$work/commands"; fi
if command -v xsv > /dev/null; then echo "xsv	xsv select mail list.csv > /dev/null" >> "$work/commands"; fi

round=0
while [ "$round" -lt "$rounds" ]; do
    while IFS="$(printf '\t')" read -r name command; do
        (cd "$work" && /usr/bin/time -o figures -f '%e %U %S %M' sh -c "$command" 2> /dev/null < /dev/null || true)
        printf '%s\t%s\n' "$name" "$(tail -1 "$work/figures")" >> "$work/results"
    done < "$work/commands"
    round=$((round + 1))
done

# Seconds on the clock, and of the processor: the latter say more where other work runs beside.
printf '%-18s %8s %8s %8s\n' command seconds cpu peak-KB
cut -f1 "$work/commands" | while read -r name; do
    grep "^$name	" "$work/results" | cut -f2 | awk -v name="$name" '
        { seconds[NR] = $1; cpu[NR] = $2 + $3; if ($4 > peak) peak = $4 }
        function median(values,   i, j, swap) {
            for (i = 1; i <= NR; i++) for (j = i + 1; j <= NR; j++) if (values[j] < values[i]) {
                swap = values[i]; values[i] = values[j]; values[j] = swap
            }
            return values[int((NR + 1) / 2)]
        }
        END { printf "%-18s %8.2f %8.2f %8d\n", name, median(seconds), median(cpu), peak }'
done | tee "$work/table"
awk -v csv="$(wc -c < "$work/list.csv")" -v ldif="$(wc -c < "$work/list.ldif")" -v json="$(wc -c < "$work/list.json")" '
    function ratio(title, one, other) {
        if (s[one] && s[other]) printf "%-34s %5.1f on the clock, %5.1f of the processor\n", title, s[one] / s[other], c[one] / c[other]
    }
    function rate(title, octets) { printf "%-34s %5.0f MB/s\n", title, octets / c[title] / 1e6 }
    { seconds = $(NF - 2); cpu = $(NF - 1); sub(/( +[0-9.]+)+$/, ""); s[$0] = seconds; c[$0] = cpu }
    END {
        ratio("sed / derive", "sed", "derive")
        ratio("sed / derive, portable", "sed", "derive, portable")
        ratio("sed / derive, pipes", "sed, pipes", "derive, pipes")
        ratio("mawk / derive, portable", "mawk", "derive, portable")
        ratio("sort -u / derive --unique", "sort -u", "derive --unique")
        ratio("xsv / derive csv", "xsv", "derive csv")
        rate("derive csv", csv); rate("derive ldif", ldif); rate("derive json", json)
    }' "$work/table"
