//! The promise of silence on worlds that nobody thought of: servers that contradict each other, half answers, chains of aliases.

use imctl::observe::Question;
use proptest::prelude::*;

use super::file::Scenario;
use super::replay::replay;
use super::world::{Silence, World};
use super::{compare, file};

const NAMES: [&str; 4] = ["im.example.com", "a.example.com", "b.example.com", "example.com"];

fn address(v4: bool) -> BoxedStrategy<&'static str> {
    let pool: &[_] = if v4 {
        &["10.1.0.10", "10.1.0.11", "203.0.113.10", "9.1.2.3", "127.0.0.1", "10.9.0.1"]
    } else {
        &["fd00::10", "fd99::1", "::1"]
    };
    prop::sample::select(pool).boxed()
}

/// What one server says of a name: to A and to AAAA, as TOML. A name that does not exist has neither, and an alias is one for
/// every type; NXDOMAIN to AAAA alone does occur (RFC 4074 4.2).
fn said() -> BoxedStrategy<[String; 2]> {
    let either = |v4| {
        prop_oneof![
            6 => address(v4).prop_map(|address| format!("\"{address}\"")),
            2 => prop::collection::vec(address(v4), 2).prop_map(|two| format!("[\"{}\", \"{}\"]", two[0], two[1])),
            3 => Just("\"NODATA\"".to_owned()),
            3 => prop::sample::select(&["\"SERVFAIL\"", "\"TIMEOUT\""][..]).prop_map(str::to_owned),
        ]
    };
    let both = |text: String| [text.clone(), text];
    prop_oneof![
        8 => (either(true), either(false)).prop_map(|(v4, v6)| [v4, v6]),
        1 => either(true).prop_map(|v4| [v4, "\"NXDOMAIN\"".to_owned()]),
        1 => Just(both("\"NXDOMAIN\"".to_owned())),
        2 => prop::sample::select(&NAMES[..]).prop_map(move |name| both(format!("\"CNAME {name}\""))),
    ]
    .boxed()
}

fn said_of_service() -> BoxedStrategy<[String; 1]> {
    let target = prop::sample::select(&["im.example.com", "a.example.com", "b.example.com", "router-1", "."][..]);
    prop_oneof![
        6 => (target, prop::sample::select(&[80, 5061][..])).prop_map(|(target, port)| [format!("\"0 0 {port} {target}\"")]),
        2 => Just(["\"NXDOMAIN\"".to_owned()]),
        1 => Just(["\"SERVFAIL\"".to_owned()]),
    ]
    .boxed()
}

/// The lines about one name: both servers say the same, or each something of its own, or nothing is listed.
fn lines<const N: usize>(
    name: &'static str,
    types: [&'static str; N],
    servers: [&'static str; 2],
    said: BoxedStrategy<[String; N]>,
) -> BoxedStrategy<String> {
    let both = (said.clone(), said, any::<bool>());
    let write = move |(one, other, same): ([String; N], [String; N], bool)| {
        let line = |(rtype, (one, other)): (_, (&String, &String))| {
            let other = if same { one } else { other };
            format!("\"{rtype} {name}\" = {{ {:?} = {one}, {:?} = {other} }}\n", servers[0], servers[1])
        };
        types.into_iter().zip(one.iter().zip(&other)).map(line).collect::<Vec<_>>().concat()
    };
    prop::option::weighted(0.7, both).prop_map(move |both| both.map(&write).unwrap_or_default()).boxed()
}

/// The lines of one view.
fn view(servers: [&'static str; 2]) -> BoxedStrategy<String> {
    let mut all = vec![lines("_rvp._tcp.example.com", ["SRV"], servers, said_of_service())];
    all.extend(NAMES.map(|name| lines(name, ["A", "AAAA"], servers, said())));
    all.prop_map(|lines| lines.concat()).boxed()
}

fn scenario() -> impl Strategy<Value = String> {
    let views = (view(["10.0.0.53", "10.0.1.53"]), view(["9.9.9.9", "149.112.112.112"]), any::<bool>());
    views.prop_map(|(internal, external, reachable)| {
        format!(
            r#"# A world that nobody thought of.
inventory = '''
[view.internal]
servers = ["10.0.0.53", "10.0.1.53"]
[view.external]
servers = ["9.9.9.9", "149.112.112.112"]
[[domain]]
name = "im.example.com"
external = {reachable}
routers = ["router-1", "router-2"]
reverse_proxies = ["edge-1"]
[[router]]
name = "router-1"
addresses = ["10.1.0.10", "fd00::10"]
[[router]]
name = "router-2"
addresses = ["10.1.0.11"]
[[reverse_proxy]]
name = "edge-1"
addresses = ["203.0.113.10"]
'''
[internal]
{internal}
[external]
{external}
[expect]
findings = []
"#
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_no_world_does_silence_accuse_or_acquit(text in scenario()) {
        let scenario = Scenario::parse(&text).expect("a readable scenario");
        let world = World::of(&scenario).expect("a readable world");
        let whole = replay(&scenario, &world);
        for question in whole.asked.iter().filter(|question| matches!(question, Question::Dns { .. })) {
            for silence in [Silence::NotAsked, Silence::Timeouts] {
                let Some(without) = world.without(question, silence) else { continue };
                let wrong = compare(question, silence, &whole, &replay(&scenario, &without));
                prop_assert!(wrong.is_empty(), "{wrong:#?}\n{text}");
            }
        }
    }
}

#[test]
fn the_folder_of_scenarios_is_not_empty() {
    assert!(file::paths().len() > 3 * imctl::judge::rules::RULES.len());
}
