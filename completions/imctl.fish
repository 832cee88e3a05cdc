# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_imctl_global_optspecs
    string join \n c/config= color= q/quiet v/verbose no-progress h/help V/version
end

function __fish_imctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_imctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_imctl_using_subcommand
    set -l cmd (__fish_imctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c imctl -n "__fish_imctl_needs_command" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_needs_command" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_needs_command" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_needs_command" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_needs_command" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_needs_command" -s V -l version -d 'Print version'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "derive" -d 'Turn e-mail lists into IM addresses'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "dns-check" -d 'Check the DNS of IM domains in both views'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "probe" -d 'Reach every router, reverse proxy and home server, address by address'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "audit" -d 'Check everything together: lists, inventory, DNS and machines'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "diff" -d 'Compare two JSON reports: what is new, fixed, still there'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "lint" -d 'Check what needs no network: inventory, e-mail lists and zone files'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "records" -d 'Write the DNS records that should exist, or what is missing and wrong of them'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "init" -d 'Write a commented imctl.toml, from e-mail lists and from what DNS answers now'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "demo" -d 'Audit a whole deployment on this machine\'s loopback, with planted faults'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "explain" -d 'Tell what a rule means, why it matters and how to fix it; all rules when none is named'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "man" -d 'Print the manual page, or write those of all commands into a folder'
complete -c imctl -n "__fish_imctl_needs_command" -f -a "schema" -d 'Print a JSON Schema'
complete -c imctl -n "__fish_imctl_using_subcommand derive" -l from -d 'What the lists are' -r -f -a "auto\t'Found out from the content'
text\t'Lines of addresses'
csv\t'A table: commas, semicolons or tabs'
ldif\t'LDIF: ldifde, ldapsearch'
json\t'JSON or JSON lines: Microsoft Graph, ConvertTo-Json, Google'"
complete -c imctl -n "__fish_imctl_using_subcommand derive" -l column -d 'The column that holds the addresses: its header, or its number from 1; in LDIF and JSON the attribute' -r
complete -c imctl -n "__fish_imctl_using_subcommand derive" -l prefix -d 'What stands before an e-mail domain in its IM domain [default: that of the inventory, or im.]' -r
complete -c imctl -n "__fish_imctl_using_subcommand derive" -l domain -d 'One IM domain for everybody' -r
complete -c imctl -n "__fish_imctl_using_subcommand derive" -l format -d 'How the addresses are written' -r -f -a "text\t'One IM address a line, in input order'
csv\t'A table for spreadsheets'
jsonl\t'One JSON object a line'
ldif\t'A change file that sets msExchIMAddress, for ldapmodify or ldifde; the lists must hold DNs'
url\t'One logical URL a line'
table\t'For reading'"
complete -c imctl -n "__fish_imctl_using_subcommand derive" -l rejects -d 'Write what gives no address here, as it stands in the lists, one a line' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand derive" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand derive" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand derive" -l domains -d 'Write the IM domains with the number of their people instead, most first'
complete -c imctl -n "__fish_imctl_using_subcommand derive" -l unique -d 'Write each IM address once, whatever its case, and say nothing of people who stand there twice. It compares everybody with everybody, for at most 48 octets of memory each; without it, text and url compare the first 50,000 people only, and say so, unless several e-mail domains share an IM domain; --domains and the other formats compare all'
complete -c imctl -n "__fish_imctl_using_subcommand derive" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand derive" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand derive" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand derive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l domains -d 'A list of IM domains, one a line; `-` reads standard input' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l internal -d 'A DNS server of the internal view: address, address:port or `system`; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l external -d 'A DNS server of the external view; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l router -d 'A router\'s address, address:port or range; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l reverse-proxy -d 'A reverse proxy\'s address, address:port or range; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l view -d 'The DNS views to look into' -r -f -a "internal\t'What the organisation\'s own people see'
external\t'What strangers see'
both\t'Both'"
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l qps -d 'Queries a second for each DNS server, at the most [default: 1000; no limit on loopback or with --bulk]' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l in-flight -d 'Queries on their way to each DNS server, at the most [default: 64; 20000 with --bulk]' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l timeout -d 'Seconds to wait for one DNS answer, or for one probe [default: 2 for DNS, 5 for a probe, 3 of them to connect]' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l retries -d 'How often a DNS query is sent again when nothing comes; more often to a server that loses many, never if 0' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l save -d 'Write every answer to FILE as it comes, as JSON lines' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l from -d 'Judge recordings made by `--save` instead of the network, those of several machines as one' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l resume -d 'Go on with a run that was broken off: ask only what its recording FILE lacks, and add it there. It is refused when the inventory, the lists or the domains have changed; a FILE that is not there or empty is begun' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l shard -d 'Only this machine\'s part of the domains, such as 2/8, told by a hash of their names. What concerns several domains is judged where the recordings of all parts are read with `--from`' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l format -d 'The format on standard output' -r -f -a "table\t'For people: verdict first, then what to do'
json\t'One document; its schema is printed by `imctl schema report`'
jsonl\t'The same, one typed object a line, written while the run goes on; the summary is the last'
csv\t'For spreadsheets: a row a finding, then a row a question that nobody answered'
markdown\t'For a pull request, a wiki or the summary of a step, at most 1 MiB'
github\t'Annotations of a GitHub Actions run; the Markdown report is added to its summary'
gitlab\t'A code quality report for merge requests of GitLab'
nagios\t'One line for Nagios or Icinga with figures, then a line a finding; exits with 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN'
sarif\t'SARIF 2.1.0, for code scanning'
junit\t'XML for Jenkins and GitLab: a suite a domain, a case a rule and view, passes too'
prometheus\t'Metrics for the textfile collector of Prometheus\'s node exporter'
html\t'One page for a browser: what breaks where, in a drawing too; fetches nothing'"
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l report -d 'Write a report to PATH too, such as `json=report.json`; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l fail-on -d 'The least severity that makes the exit status 1 [default: error; with `--format nagios`, warning]. For Nagios what is below it does not raise the state; what reaches it is CRITICAL if it is an error, else WARNING' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
note\t'Any finding'
never\t'No finding'"
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l rule -d 'Set the level of a rule over the inventory: off, note, warning or error; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l baseline -d 'Findings that FILE accepts count as known: only others are new, come first and make the exit status 1' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l write-baseline -d 'Accept all that is found: write it to FILE, for `--baseline` to read' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l bulk -d 'Ask every DNS server as fast as it answers, for servers that are made for it; `bulk = true` does so for one'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l mix-case -d 'Give the letters of each name asked a case by chance, which an answer has to repeat: one thing more for a forger to guess'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l dnssec -d 'Validate answers by DNSSEC in every view, as `dnssec = true` does in one'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l authoritative -d 'Ask every name server of the domains\' zones itself, too, and compare serial numbers and answers'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l details -d 'Show each finding of the table by itself, also where one cause touches many domains'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l exit-zero -d 'Exit with 0 whatever was found or undecided, so that a later step can upload the report'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l no-suppress -d 'Report what `[[suppress]]` hides, too'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand dns-check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l internal -d 'A DNS server of the internal view: address, address:port or `system`; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l external -d 'A DNS server of the external view; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l router -d 'A router\'s address, address:port or range; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l reverse-proxy -d 'A reverse proxy\'s address, address:port or range; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l vantage -d 'The side this machine stands on; from outside, routers and home servers must not answer' -r -f -a "internal\t''
external\t''"
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l view -d 'The DNS views to look into' -r -f -a "internal\t'What the organisation\'s own people see'
external\t'What strangers see'
both\t'Both'"
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l qps -d 'Queries a second for each DNS server, at the most [default: 1000; no limit on loopback or with --bulk]' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l in-flight -d 'Queries on their way to each DNS server, at the most [default: 64; 20000 with --bulk]' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l timeout -d 'Seconds to wait for one DNS answer, or for one probe [default: 2 for DNS, 5 for a probe, 3 of them to connect]' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l retries -d 'How often a DNS query is sent again when nothing comes; more often to a server that loses many, never if 0' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l save -d 'Write every answer to FILE as it comes, as JSON lines' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l from -d 'Judge recordings made by `--save` instead of the network, those of several machines as one' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l resume -d 'Go on with a run that was broken off: ask only what its recording FILE lacks, and add it there. It is refused when the inventory, the lists or the domains have changed; a FILE that is not there or empty is begun' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l shard -d 'Only this machine\'s part of the domains, such as 2/8, told by a hash of their names. What concerns several domains is judged where the recordings of all parts are read with `--from`' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l format -d 'The format on standard output' -r -f -a "table\t'For people: verdict first, then what to do'
json\t'One document; its schema is printed by `imctl schema report`'
jsonl\t'The same, one typed object a line, written while the run goes on; the summary is the last'
csv\t'For spreadsheets: a row a finding, then a row a question that nobody answered'
markdown\t'For a pull request, a wiki or the summary of a step, at most 1 MiB'
github\t'Annotations of a GitHub Actions run; the Markdown report is added to its summary'
gitlab\t'A code quality report for merge requests of GitLab'
nagios\t'One line for Nagios or Icinga with figures, then a line a finding; exits with 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN'
sarif\t'SARIF 2.1.0, for code scanning'
junit\t'XML for Jenkins and GitLab: a suite a domain, a case a rule and view, passes too'
prometheus\t'Metrics for the textfile collector of Prometheus\'s node exporter'
html\t'One page for a browser: what breaks where, in a drawing too; fetches nothing'"
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l report -d 'Write a report to PATH too, such as `json=report.json`; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l fail-on -d 'The least severity that makes the exit status 1 [default: error; with `--format nagios`, warning]. For Nagios what is below it does not raise the state; what reaches it is CRITICAL if it is an error, else WARNING' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
note\t'Any finding'
never\t'No finding'"
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l rule -d 'Set the level of a rule over the inventory: off, note, warning or error; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l baseline -d 'Findings that FILE accepts count as known: only others are new, come first and make the exit status 1' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l write-baseline -d 'Accept all that is found: write it to FILE, for `--baseline` to read' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand probe" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l bulk -d 'Ask every DNS server as fast as it answers, for servers that are made for it; `bulk = true` does so for one'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l mix-case -d 'Give the letters of each name asked a case by chance, which an answer has to repeat: one thing more for a forger to guess'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l dnssec -d 'Validate answers by DNSSEC in every view, as `dnssec = true` does in one'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l authoritative -d 'Ask every name server of the domains\' zones itself, too, and compare serial numbers and answers'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l details -d 'Show each finding of the table by itself, also where one cause touches many domains'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l exit-zero -d 'Exit with 0 whatever was found or undecided, so that a later step can upload the report'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l no-suppress -d 'Report what `[[suppress]]` hides, too'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand probe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l internal -d 'A DNS server of the internal view: address, address:port or `system`; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l external -d 'A DNS server of the external view; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l router -d 'A router\'s address, address:port or range; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l reverse-proxy -d 'A reverse proxy\'s address, address:port or range; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l vantage -d 'The side this machine stands on; from outside, routers and home servers must not answer' -r -f -a "internal\t''
external\t''"
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l view -d 'The DNS views to look into' -r -f -a "internal\t'What the organisation\'s own people see'
external\t'What strangers see'
both\t'Both'"
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l qps -d 'Queries a second for each DNS server, at the most [default: 1000; no limit on loopback or with --bulk]' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l in-flight -d 'Queries on their way to each DNS server, at the most [default: 64; 20000 with --bulk]' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l timeout -d 'Seconds to wait for one DNS answer, or for one probe [default: 2 for DNS, 5 for a probe, 3 of them to connect]' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l retries -d 'How often a DNS query is sent again when nothing comes; more often to a server that loses many, never if 0' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l save -d 'Write every answer to FILE as it comes, as JSON lines' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l from -d 'Judge recordings made by `--save` instead of the network, those of several machines as one' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l resume -d 'Go on with a run that was broken off: ask only what its recording FILE lacks, and add it there. It is refused when the inventory, the lists or the domains have changed; a FILE that is not there or empty is begun' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l shard -d 'Only this machine\'s part of the domains, such as 2/8, told by a hash of their names. What concerns several domains is judged where the recordings of all parts are read with `--from`' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l format -d 'The format on standard output' -r -f -a "table\t'For people: verdict first, then what to do'
json\t'One document; its schema is printed by `imctl schema report`'
jsonl\t'The same, one typed object a line, written while the run goes on; the summary is the last'
csv\t'For spreadsheets: a row a finding, then a row a question that nobody answered'
markdown\t'For a pull request, a wiki or the summary of a step, at most 1 MiB'
github\t'Annotations of a GitHub Actions run; the Markdown report is added to its summary'
gitlab\t'A code quality report for merge requests of GitLab'
nagios\t'One line for Nagios or Icinga with figures, then a line a finding; exits with 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN'
sarif\t'SARIF 2.1.0, for code scanning'
junit\t'XML for Jenkins and GitLab: a suite a domain, a case a rule and view, passes too'
prometheus\t'Metrics for the textfile collector of Prometheus\'s node exporter'
html\t'One page for a browser: what breaks where, in a drawing too; fetches nothing'"
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l report -d 'Write a report to PATH too, such as `json=report.json`; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l fail-on -d 'The least severity that makes the exit status 1 [default: error; with `--format nagios`, warning]. For Nagios what is below it does not raise the state; what reaches it is CRITICAL if it is an error, else WARNING' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
note\t'Any finding'
never\t'No finding'"
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l rule -d 'Set the level of a rule over the inventory: off, note, warning or error; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l baseline -d 'Findings that FILE accepts count as known: only others are new, come first and make the exit status 1' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l write-baseline -d 'Accept all that is found: write it to FILE, for `--baseline` to read' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand audit" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l bulk -d 'Ask every DNS server as fast as it answers, for servers that are made for it; `bulk = true` does so for one'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l mix-case -d 'Give the letters of each name asked a case by chance, which an answer has to repeat: one thing more for a forger to guess'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l dnssec -d 'Validate answers by DNSSEC in every view, as `dnssec = true` does in one'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l authoritative -d 'Ask every name server of the domains\' zones itself, too, and compare serial numbers and answers'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l details -d 'Show each finding of the table by itself, also where one cause touches many domains'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l exit-zero -d 'Exit with 0 whatever was found or undecided, so that a later step can upload the report'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l no-suppress -d 'Report what `[[suppress]]` hides, too'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand audit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand diff" -l format -d 'The format on standard output' -r -f -a "text\t'For people'
json\t'One document; its schema is printed by `imctl schema diff`'"
complete -c imctl -n "__fish_imctl_using_subcommand diff" -l fail-on -d 'The least severity of a new finding that makes the exit status 1' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
note\t'Any finding'
never\t'No finding'"
complete -c imctl -n "__fish_imctl_using_subcommand diff" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand diff" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand diff" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand diff" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand diff" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l format -d 'The format on standard output' -r -f -a "table\t'For people: verdict first, then what to do'
json\t'One document; its schema is printed by `imctl schema report`'
jsonl\t'The same, one typed object a line, written while the run goes on; the summary is the last'
csv\t'For spreadsheets: a row a finding, then a row a question that nobody answered'
markdown\t'For a pull request, a wiki or the summary of a step, at most 1 MiB'
github\t'Annotations of a GitHub Actions run; the Markdown report is added to its summary'
gitlab\t'A code quality report for merge requests of GitLab'
nagios\t'One line for Nagios or Icinga with figures, then a line a finding; exits with 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN'
sarif\t'SARIF 2.1.0, for code scanning'
junit\t'XML for Jenkins and GitLab: a suite a domain, a case a rule and view, passes too'
prometheus\t'Metrics for the textfile collector of Prometheus\'s node exporter'
html\t'One page for a browser: what breaks where, in a drawing too; fetches nothing'"
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l report -d 'Write a report to PATH too, such as `json=report.json`; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l fail-on -d 'The least severity that makes the exit status 1 [default: error; with `--format nagios`, warning]. For Nagios what is below it does not raise the state; what reaches it is CRITICAL if it is an error, else WARNING' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
note\t'Any finding'
never\t'No finding'"
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l rule -d 'Set the level of a rule over the inventory: off, note, warning or error; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l baseline -d 'Findings that FILE accepts count as known: only others are new, come first and make the exit status 1' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l write-baseline -d 'Accept all that is found: write it to FILE, for `--baseline` to read' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand lint" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l details -d 'Show each finding of the table by itself, also where one cause touches many domains'
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l exit-zero -d 'Exit with 0 whatever was found or undecided, so that a later step can upload the report'
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l no-suppress -d 'Report what `[[suppress]]` hides, too'
complete -c imctl -n "__fish_imctl_using_subcommand lint" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand lint" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand lint" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand records" -l domains -d 'A list of IM domains, one a line; `-` reads standard input' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand records" -l format -d 'How the records are written' -r -f -a "bind\t'Lines of a zone file, with absolute names'
nsupdate\t'A script for nsupdate or knsupdate (RFC 2136)'
powershell\t'Commands for the DNS server of Windows'
octodns\t'A YAML document for each zone'
dnscontrol\t'A D() for each zone and view'
csv\t'A row for each record'"
complete -c imctl -n "__fish_imctl_using_subcommand records" -l zone -d 'A DNS zone; a record belongs to the nearest at or above its name. Without, zones begin at the e-mail domains' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l ttl -d 'The time to live of the records' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l server -d 'The primary server that nsupdate sends to, address or address:port; it belongs to one view, so give --view' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l internal -d 'A DNS server of the internal view: address, address:port or `system`; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l external -d 'A DNS server of the external view; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l router -d 'A router\'s address, address:port or range; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l reverse-proxy -d 'A reverse proxy\'s address, address:port or range; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l view -d 'The DNS views to look into' -r -f -a "internal\t'What the organisation\'s own people see'
external\t'What strangers see'
both\t'Both'"
complete -c imctl -n "__fish_imctl_using_subcommand records" -l qps -d 'Queries a second for each DNS server, at the most [default: 1000; no limit on loopback or with --bulk]' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l in-flight -d 'Queries on their way to each DNS server, at the most [default: 64; 20000 with --bulk]' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l timeout -d 'Seconds to wait for one DNS answer, or for one probe [default: 2 for DNS, 5 for a probe, 3 of them to connect]' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l retries -d 'How often a DNS query is sent again when nothing comes; more often to a server that loses many, never if 0' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -l save -d 'Write every answer to FILE as it comes, as JSON lines' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand records" -l from -d 'Judge recordings made by `--save` instead of the network, those of several machines as one' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand records" -l resume -d 'Go on with a run that was broken off: ask only what its recording FILE lacks, and add it there. It is refused when the inventory, the lists or the domains have changed; a FILE that is not there or empty is begun' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand records" -l shard -d 'Only this machine\'s part of the domains, such as 2/8, told by a hash of their names. What concerns several domains is judged where the recordings of all parts are read with `--from`' -r
complete -c imctl -n "__fish_imctl_using_subcommand records" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand records" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand records" -l fix -d 'Look at what is there now, and write only what is missing or wrong; removals are comments, for a person to confirm'
complete -c imctl -n "__fish_imctl_using_subcommand records" -l bulk -d 'Ask every DNS server as fast as it answers, for servers that are made for it; `bulk = true` does so for one'
complete -c imctl -n "__fish_imctl_using_subcommand records" -l mix-case -d 'Give the letters of each name asked a case by chance, which an answer has to repeat: one thing more for a forger to guess'
complete -c imctl -n "__fish_imctl_using_subcommand records" -l dnssec -d 'Validate answers by DNSSEC in every view, as `dnssec = true` does in one'
complete -c imctl -n "__fish_imctl_using_subcommand records" -l authoritative -d 'Ask every name server of the domains\' zones itself, too, and compare serial numbers and answers'
complete -c imctl -n "__fish_imctl_using_subcommand records" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand records" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand records" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand records" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand init" -s o -l output -d 'Where the inventory is written; `-` is standard output' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand init" -l emails -d 'E-mail lists: each IM domain that people are derived into is declared, and the lists are named in the inventory' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand init" -l prefix -d 'What stands before an e-mail domain in its IM domain' -r
complete -c imctl -n "__fish_imctl_using_subcommand init" -l internal -d 'A DNS server of the internal view: address, address:port or `system`; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand init" -l external -d 'A DNS server of the external view; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand init" -l qps -d 'Queries a second for each DNS server, at the most [default: 1000; no limit on loopback or with --bulk]' -r
complete -c imctl -n "__fish_imctl_using_subcommand init" -l in-flight -d 'Queries on their way to each DNS server, at the most [default: 64; 20000 with --bulk]' -r
complete -c imctl -n "__fish_imctl_using_subcommand init" -l timeout -d 'Seconds to wait for one DNS answer, or for one probe [default: 2 for DNS, 5 for a probe, 3 of them to connect]' -r
complete -c imctl -n "__fish_imctl_using_subcommand init" -l retries -d 'How often a DNS query is sent again when nothing comes; more often to a server that loses many, never if 0' -r
complete -c imctl -n "__fish_imctl_using_subcommand init" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand init" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand init" -l force -d 'Replace a file that is there already'
complete -c imctl -n "__fish_imctl_using_subcommand init" -l discover -d 'Ask DNS what it answers for these domains now: inside it leads to routers, outside to reverse proxies'
complete -c imctl -n "__fish_imctl_using_subcommand init" -l bulk -d 'Ask every DNS server as fast as it answers, for servers that are made for it; `bulk = true` does so for one'
complete -c imctl -n "__fish_imctl_using_subcommand init" -l mix-case -d 'Give the letters of each name asked a case by chance, which an answer has to repeat: one thing more for a forger to guess'
complete -c imctl -n "__fish_imctl_using_subcommand init" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand init" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand init" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand demo" -l keep -d 'Write the deployment\'s imctl.toml into this folder and keep everything running until Ctrl-C' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand demo" -l format -d 'The format on standard output' -r -f -a "table\t'For people: verdict first, then what to do'
json\t'One document; its schema is printed by `imctl schema report`'
jsonl\t'The same, one typed object a line, written while the run goes on; the summary is the last'
csv\t'For spreadsheets: a row a finding, then a row a question that nobody answered'
markdown\t'For a pull request, a wiki or the summary of a step, at most 1 MiB'
github\t'Annotations of a GitHub Actions run; the Markdown report is added to its summary'
gitlab\t'A code quality report for merge requests of GitLab'
nagios\t'One line for Nagios or Icinga with figures, then a line a finding; exits with 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN'
sarif\t'SARIF 2.1.0, for code scanning'
junit\t'XML for Jenkins and GitLab: a suite a domain, a case a rule and view, passes too'
prometheus\t'Metrics for the textfile collector of Prometheus\'s node exporter'
html\t'One page for a browser: what breaks where, in a drawing too; fetches nothing'"
complete -c imctl -n "__fish_imctl_using_subcommand demo" -l report -d 'Write a report to PATH too, such as `json=report.json`; may be repeated' -r
complete -c imctl -n "__fish_imctl_using_subcommand demo" -l fail-on -d 'The least severity that makes the exit status 1 [default: error; with `--format nagios`, warning]. For Nagios what is below it does not raise the state; what reaches it is CRITICAL if it is an error, else WARNING' -r -f -a "error\t'Errors'
warning\t'Warnings and errors'
note\t'Any finding'
never\t'No finding'"
complete -c imctl -n "__fish_imctl_using_subcommand demo" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand demo" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand demo" -l details -d 'Show each finding of the table by itself, also where one cause touches many domains'
complete -c imctl -n "__fish_imctl_using_subcommand demo" -l exit-zero -d 'Exit with 0 whatever was found or undecided, so that a later step can upload the report'
complete -c imctl -n "__fish_imctl_using_subcommand demo" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand demo" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand demo" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand explain" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand explain" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand explain" -l no-pager -d 'Write straight to the terminal, not through `$PAGER`'
complete -c imctl -n "__fish_imctl_using_subcommand explain" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand explain" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand explain" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand completions" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand completions" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand completions" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand completions" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand completions" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand man" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand man" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand man" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand man" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand man" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c imctl -n "__fish_imctl_using_subcommand schema" -s c -l config -d 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository\'s root' -r -F
complete -c imctl -n "__fish_imctl_using_subcommand schema" -l color -d 'Colours in what is printed' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them'
always\t'Always'
never\t'Never'"
complete -c imctl -n "__fish_imctl_using_subcommand schema" -s q -l quiet -d 'Say only what is asked for: no progress, no warnings, no remarks'
complete -c imctl -n "__fish_imctl_using_subcommand schema" -s v -l verbose -d 'List what is in order, too, and how each domain is reached'
complete -c imctl -n "__fish_imctl_using_subcommand schema" -l no-progress -d 'No progress bar, even on a terminal'
complete -c imctl -n "__fish_imctl_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
