
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'imctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'imctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'imctl' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('derive', 'derive', [CompletionResultType]::ParameterValue, 'Turn e-mail lists into IM addresses')
            [CompletionResult]::new('dns-check', 'dns-check', [CompletionResultType]::ParameterValue, 'Check the DNS of IM domains in both views')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Reach every router, reverse proxy and home server, address by address')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Check everything together: lists, inventory, DNS and machines')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare two JSON reports: what is new, fixed, still there')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Check what needs no network: inventory, e-mail lists and zone files')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Audit a whole deployment on this machine''s loopback, with planted faults')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Tell what a rule means, why it matters and how to fix it; all rules when none is named')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write those of all commands into a folder')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print a JSON Schema')
            break
        }
        'imctl;derive' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'What the lists are')
            [CompletionResult]::new('--column', '--column', [CompletionResultType]::ParameterName, 'The column that holds the addresses: its header, or its number from 1; in LDIF and JSON the attribute')
            [CompletionResult]::new('--prefix', '--prefix', [CompletionResultType]::ParameterName, 'What stands before an e-mail domain in its IM domain [default: that of the inventory, or im.]')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'One IM domain for everybody')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How the addresses are written')
            [CompletionResult]::new('--rejects', '--rejects', [CompletionResultType]::ParameterName, 'Write what gives no address here, as it stands in the lists, one a line')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('--domains', '--domains', [CompletionResultType]::ParameterName, 'Write the IM domains with the number of their people instead, most first')
            [CompletionResult]::new('--unique', '--unique', [CompletionResultType]::ParameterName, 'Write each IM address once, whatever its case, and say nothing of people who stand there twice. It compares everybody with everybody, for some 45 octets of memory each; without it, text and url compare the first 50,000 people only, and say so, while --domains and the other formats compare all')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'imctl;dns-check' {
            [CompletionResult]::new('--domains', '--domains', [CompletionResultType]::ParameterName, 'A list of IM domains, one a line; `-` reads standard input')
            [CompletionResult]::new('--internal', '--internal', [CompletionResultType]::ParameterName, 'A DNS server of the internal view: address, address:port or `system`; may be repeated')
            [CompletionResult]::new('--external', '--external', [CompletionResultType]::ParameterName, 'A DNS server of the external view; may be repeated')
            [CompletionResult]::new('--router', '--router', [CompletionResultType]::ParameterName, 'A router''s address, address:port or range; may be repeated')
            [CompletionResult]::new('--reverse-proxy', '--reverse-proxy', [CompletionResultType]::ParameterName, 'A reverse proxy''s address, address:port or range; may be repeated')
            [CompletionResult]::new('--view', '--view', [CompletionResultType]::ParameterName, 'The DNS views to look into')
            [CompletionResult]::new('--qps', '--qps', [CompletionResultType]::ParameterName, 'Queries a second for each DNS server, at the most [default: no limit]')
            [CompletionResult]::new('--in-flight', '--in-flight', [CompletionResultType]::ParameterName, 'Queries on their way to each DNS server, at the most')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for one DNS answer, or for one probe [default: 2 for DNS, 5 for a probe, 3 of them to connect]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often a DNS query is sent again when nothing comes')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Write every answer to FILE as it comes, as JSON lines')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Judge recordings made by `--save` instead of the network, those of several machines as one')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The format on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write a report to PATH too, such as `json=report.json`; may be repeated')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity that makes the exit status 1')
            [CompletionResult]::new('--rule', '--rule', [CompletionResultType]::ParameterName, 'Set the level of a rule over the inventory: off, note, warning or error; may be repeated')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Findings that FILE accepts count as known: only others are new, come first and make the exit status 1')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Accept all that is found: write it to FILE, for `--baseline` to read')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Show each finding of the table by itself, also where one cause touches many domains')
            [CompletionResult]::new('--exit-zero', '--exit-zero', [CompletionResultType]::ParameterName, 'Exit with 0 whatever was found or undecided, so that a later step can upload the report')
            [CompletionResult]::new('--no-suppress', '--no-suppress', [CompletionResultType]::ParameterName, 'Report what `[[suppress]]` hides, too')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'imctl;probe' {
            [CompletionResult]::new('--internal', '--internal', [CompletionResultType]::ParameterName, 'A DNS server of the internal view: address, address:port or `system`; may be repeated')
            [CompletionResult]::new('--external', '--external', [CompletionResultType]::ParameterName, 'A DNS server of the external view; may be repeated')
            [CompletionResult]::new('--router', '--router', [CompletionResultType]::ParameterName, 'A router''s address, address:port or range; may be repeated')
            [CompletionResult]::new('--reverse-proxy', '--reverse-proxy', [CompletionResultType]::ParameterName, 'A reverse proxy''s address, address:port or range; may be repeated')
            [CompletionResult]::new('--vantage', '--vantage', [CompletionResultType]::ParameterName, 'The side this machine stands on; from outside, routers and home servers must not answer')
            [CompletionResult]::new('--view', '--view', [CompletionResultType]::ParameterName, 'The DNS views to look into')
            [CompletionResult]::new('--qps', '--qps', [CompletionResultType]::ParameterName, 'Queries a second for each DNS server, at the most [default: no limit]')
            [CompletionResult]::new('--in-flight', '--in-flight', [CompletionResultType]::ParameterName, 'Queries on their way to each DNS server, at the most')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for one DNS answer, or for one probe [default: 2 for DNS, 5 for a probe, 3 of them to connect]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often a DNS query is sent again when nothing comes')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Write every answer to FILE as it comes, as JSON lines')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Judge recordings made by `--save` instead of the network, those of several machines as one')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The format on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write a report to PATH too, such as `json=report.json`; may be repeated')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity that makes the exit status 1')
            [CompletionResult]::new('--rule', '--rule', [CompletionResultType]::ParameterName, 'Set the level of a rule over the inventory: off, note, warning or error; may be repeated')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Findings that FILE accepts count as known: only others are new, come first and make the exit status 1')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Accept all that is found: write it to FILE, for `--baseline` to read')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Show each finding of the table by itself, also where one cause touches many domains')
            [CompletionResult]::new('--exit-zero', '--exit-zero', [CompletionResultType]::ParameterName, 'Exit with 0 whatever was found or undecided, so that a later step can upload the report')
            [CompletionResult]::new('--no-suppress', '--no-suppress', [CompletionResultType]::ParameterName, 'Report what `[[suppress]]` hides, too')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'imctl;audit' {
            [CompletionResult]::new('--internal', '--internal', [CompletionResultType]::ParameterName, 'A DNS server of the internal view: address, address:port or `system`; may be repeated')
            [CompletionResult]::new('--external', '--external', [CompletionResultType]::ParameterName, 'A DNS server of the external view; may be repeated')
            [CompletionResult]::new('--router', '--router', [CompletionResultType]::ParameterName, 'A router''s address, address:port or range; may be repeated')
            [CompletionResult]::new('--reverse-proxy', '--reverse-proxy', [CompletionResultType]::ParameterName, 'A reverse proxy''s address, address:port or range; may be repeated')
            [CompletionResult]::new('--vantage', '--vantage', [CompletionResultType]::ParameterName, 'The side this machine stands on; from outside, routers and home servers must not answer')
            [CompletionResult]::new('--view', '--view', [CompletionResultType]::ParameterName, 'The DNS views to look into')
            [CompletionResult]::new('--qps', '--qps', [CompletionResultType]::ParameterName, 'Queries a second for each DNS server, at the most [default: no limit]')
            [CompletionResult]::new('--in-flight', '--in-flight', [CompletionResultType]::ParameterName, 'Queries on their way to each DNS server, at the most')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for one DNS answer, or for one probe [default: 2 for DNS, 5 for a probe, 3 of them to connect]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'How often a DNS query is sent again when nothing comes')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Write every answer to FILE as it comes, as JSON lines')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Judge recordings made by `--save` instead of the network, those of several machines as one')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The format on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write a report to PATH too, such as `json=report.json`; may be repeated')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity that makes the exit status 1')
            [CompletionResult]::new('--rule', '--rule', [CompletionResultType]::ParameterName, 'Set the level of a rule over the inventory: off, note, warning or error; may be repeated')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Findings that FILE accepts count as known: only others are new, come first and make the exit status 1')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Accept all that is found: write it to FILE, for `--baseline` to read')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Show each finding of the table by itself, also where one cause touches many domains')
            [CompletionResult]::new('--exit-zero', '--exit-zero', [CompletionResultType]::ParameterName, 'Exit with 0 whatever was found or undecided, so that a later step can upload the report')
            [CompletionResult]::new('--no-suppress', '--no-suppress', [CompletionResultType]::ParameterName, 'Report what `[[suppress]]` hides, too')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'imctl;diff' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The format on standard output')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity of a new finding that makes the exit status 1')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'imctl;lint' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The format on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write a report to PATH too, such as `json=report.json`; may be repeated')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity that makes the exit status 1')
            [CompletionResult]::new('--rule', '--rule', [CompletionResultType]::ParameterName, 'Set the level of a rule over the inventory: off, note, warning or error; may be repeated')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Findings that FILE accepts count as known: only others are new, come first and make the exit status 1')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Accept all that is found: write it to FILE, for `--baseline` to read')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Show each finding of the table by itself, also where one cause touches many domains')
            [CompletionResult]::new('--exit-zero', '--exit-zero', [CompletionResultType]::ParameterName, 'Exit with 0 whatever was found or undecided, so that a later step can upload the report')
            [CompletionResult]::new('--no-suppress', '--no-suppress', [CompletionResultType]::ParameterName, 'Report what `[[suppress]]` hides, too')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'imctl;demo' {
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Write the deployment''s imctl.toml into this folder and keep everything running until Ctrl-C')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The format on standard output')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write a report to PATH too, such as `json=report.json`; may be repeated')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The least severity that makes the exit status 1')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('--details', '--details', [CompletionResultType]::ParameterName, 'Show each finding of the table by itself, also where one cause touches many domains')
            [CompletionResult]::new('--exit-zero', '--exit-zero', [CompletionResultType]::ParameterName, 'Exit with 0 whatever was found or undecided, so that a later step can upload the report')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'imctl;explain' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('--no-pager', '--no-pager', [CompletionResultType]::ParameterName, 'Write straight to the terminal, not through `$PAGER`')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'imctl;completions' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'imctl;man' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'imctl;schema' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository''s root')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colours in what is printed')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what is asked for: no progress, no warnings, no remarks')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List what is in order, too, and how each domain is reached')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'No progress bar, even on a terminal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
