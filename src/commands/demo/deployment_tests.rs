//! The servers of the demo, asked as an audit would ask them.

use super::*;
use crate::dns::{DomainName, RecordData, RecordType};
use crate::observe::{Answer, Live, LiveSettings, Probe, Question, Reply, Source as _, Step};
use crate::profile::http::{HttpFailure, HttpOutcome};
use crate::profile::rvp::{self, classify};
use crate::profile::{Class, Role};

fn ask(deployment: &Deployment, questions: Vec<Question>) -> Vec<Answer> {
    let servers = View::ALL.into_iter().map(|view| (view, deployment.servers(view))).collect();
    let settings = LiveSettings { servers, connect: deployment.connect().clone(), ..LiveSettings::default() };
    let live = Live::new(&settings).expect("a client");
    let mut answers = BTreeMap::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(live.ask(questions.clone(), &mut |question, answer| {
        answers.insert(question, answer);
    }));
    questions.iter().map(|question| answers[question].clone()).collect()
}

fn name(text: &str) -> DomainName {
    text.parse().expect("a good name")
}

/// What each server of the view answers for the name: addresses, or the word for their absence.
fn addresses(deployment: &Deployment, view: View, host: &str) -> Vec<String> {
    let answer = ask(deployment, vec![Question::dns(view, &name(host), RecordType::A)]).remove(0);
    let Answer::Dns(answer) = answer else { panic!("{answer:?}") };
    let said = |reply: &Reply| match reply {
        Reply::Records(records) => {
            let ips = records.iter().filter_map(|record| record.data.address());
            ips.map(|ip| ip.to_string()).collect::<Vec<_>>().join(" ")
        }
        other => format!("{other:?}"),
    };
    answer.replies.iter().map(|reply| said(&reply.reply)).collect()
}

/// Both exchanges of a probe, of which the second needs a reply to the first, and what they come to.
fn probe(deployment: &Deployment, role: Role, address: &str, host: &str) -> (Class, HttpOutcome) {
    let address = SocketAddr::new(address.parse().expect("an address"), PORT);
    let of = |step| Question::probe(Probe { vantage: View::Internal, address, host: host.into(), tls: false, step });
    let answers = ask(deployment, vec![of(Step::Options), of(Step::Propfind(rvp::PROBE_PATH.into()))]);
    match &answers[..] {
        [Answer::Http(options), Answer::Http(propfind)] => (classify(role, Some(options), Some(propfind)), (**propfind).clone()),
        [Answer::Http(options), Answer::Unknown(_)] if options.is_err() => {
            (classify(role, Some(options), None), (**options).clone())
        }
        other => panic!("{other:?}"),
    }
}

fn location(outcome: &HttpOutcome) -> Option<&str> {
    outcome.as_ref().ok()?.header("location").next()
}

#[test]
fn healthy_domains_answer_as_declared() {
    let demo = Deployment::start().expect("servers");
    let both = |text: &str| vec![text.to_owned(); 2];
    assert_eq!(addresses(&demo, View::Internal, "im.acme.example"), both("10.1.0.10 10.1.0.11"));
    assert_eq!(addresses(&demo, View::External, "im.acme.example"), ["203.0.113.10"]);
    assert_eq!(addresses(&demo, View::Internal, "im.lab.acme.example"), both("10.1.2.10"));
    assert_eq!(addresses(&demo, View::External, "im.lab.acme.example"), ["NoSuchName"]);
    assert_eq!(addresses(&demo, View::Internal, "dc1.corp.acme.example"), both("10.0.0.5"));
    assert_eq!(addresses(&demo, View::External, "dc1.corp.acme.example"), ["NoSuchName"]);

    let (class, propfind) = probe(&demo, Role::Router, "10.1.0.11", "im.acme.example");
    assert_eq!(class, Class::Rvp);
    let home = "http://home1.corp.acme.example/instmsg/local/im.acme.example/instmsg/aliases/probe";
    assert_eq!(location(&propfind), Some(home));
    let (class, propfind) = probe(&demo, Role::ReverseProxy, "203.0.113.10", "im.acme.example");
    assert_eq!((class, propfind.expect("a reply").status), (Class::Rvp, 401));
    let (class, propfind) = probe(&demo, Role::HomeServer, "10.1.0.20", "home1.corp.acme.example");
    assert_eq!((class, propfind.expect("a reply").status), (Class::Rvp, 401));
    let (class, propfind) = probe(&demo, Role::Router, "10.1.1.10", "im.berlin.acme.example");
    assert_eq!((class, propfind.expect("a reply").status), (Class::Rvp, 401));
    assert_eq!(probe(&demo, Role::Router, "10.1.1.10", "router-berlin-acme-1").0, Class::NotRvp);
}

#[test]
fn every_e_mail_domain_leads_to_its_im_domain() {
    let demo = Deployment::start().expect("servers");
    for site in &SITES {
        let owner = name(site.email).prefixed("_rvp._tcp.").expect("it fits");
        for view in View::ALL.into_iter().filter(|view| site.external || *view == View::Internal) {
            let answer = ask(&demo, vec![Question::dns(view, &owner, RecordType::Srv)]).remove(0);
            let Answer::Dns(answer) = answer else { panic!("{answer:?}") };
            for reply in answer.replies {
                let Reply::Records(records) = reply.reply else { panic!("{owner} in {view}: {:?}", reply.reply) };
                let target = site.im_name().expect("a good name");
                assert_eq!(records[0].data, RecordData::Srv { priority: 0, weight: 0, port: 80, target });
            }
        }
    }
}

#[test]
fn the_planted_dns_faults_are_there() {
    let demo = Deployment::start().expect("servers");
    let both = |text: &str| vec![text.to_owned(); 2];
    assert_eq!(addresses(&demo, View::External, "im.contoso.example"), ["10.3.0.10"]);
    assert_eq!(addresses(&demo, View::Internal, "im.fabrikam.example"), both("NoSuchName"));
    assert_eq!(addresses(&demo, View::External, "im.fabrikam.example"), ["203.0.113.20"]);
    assert_eq!(addresses(&demo, View::Internal, "im.litware.example"), both("203.0.113.20"));
    assert_eq!(addresses(&demo, View::Internal, "im.northwind.example"), ["10.6.0.10", "10.6.0.99"]);
}

#[test]
fn the_planted_faults_of_machines_are_there() {
    let demo = Deployment::start().expect("servers");
    let (class, propfind) = probe(&demo, Role::Router, "10.7.0.10", "im.tailspin.example");
    assert_eq!((class, propfind), (Class::Refused, Err(HttpFailure::Refused)));
    assert_eq!(probe(&demo, Role::ReverseProxy, "203.0.113.20", "im.tailspin.example").0, Class::RouterDown);
    let (class, propfind) = probe(&demo, Role::Router, "10.8.0.10", "im.adatum.example");
    assert_eq!(class, Class::Rvp);
    assert!(location(&propfind).is_some_and(|target| target.starts_with("http://oldhome.corp.adatum.example/")));
    assert_eq!(probe(&demo, Role::ReverseProxy, "203.0.113.20", "im.adatum.example").0, Class::Rvp);
}

#[test]
fn the_inventory_declares_every_machine_and_where_it_listens() {
    let demo = Deployment::start().expect("servers");
    let table: toml::Table = demo.inventory_toml().parse().expect("TOML");
    let list = |key: &str| table[key].as_array().expect("a list").clone();
    assert_eq!(list("domain").len(), SITES.len());
    assert_eq!(list("reverse_proxy").len(), PROXIES.len());
    let machines: usize = SITES.iter().map(|site| site.routers.len() + usize::from(site.home.is_some())).sum();
    assert_eq!(table["connect"].as_table().expect("a table").len(), machines + PROXIES.len());
    let servers = table["view"]["internal"]["servers"].as_array().expect("a list");
    assert_eq!(servers.len(), 2);
    assert_eq!(servers[0].as_str(), Some(demo.servers(View::Internal)[0].to_string().as_str()));
}

#[test]
fn the_list_has_people_of_every_domain_and_one_planted_fault() {
    let demo = Deployment::start().expect("servers");
    assert!(SITES.iter().all(|site| demo.people().contains(&format!("@{}", site.email))));
    assert_eq!(demo.people().matches("..").count(), 1);
    assert_eq!(demo.planted().iter().filter(|planted| planted.domain.is_none()).count(), 1);
    assert!(demo.planted().is_sorted());
}
