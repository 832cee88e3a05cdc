//! What the demo's DNS servers answer: two inside, one outside. Pure.

use std::net::Ipv4Addr;

use super::sites::{CANARY, Fault, OLD_ROUTER, PROXIES, SITES, Site};
use crate::dns::{DomainName, NameError, RecordData};
use crate::loopback::Zone;

const TTL_SECS: u32 = 3600;

/// The zone of an internal server; the second is not up to date.
pub(super) fn internal(up_to_date: bool) -> Result<Zone, NameError> {
    let (canary, address) = CANARY;
    let mut zone = with_address(Zone::new(), &canary.parse()?, address);
    for site in &SITES {
        let im = site.im_name()?;
        zone = match site.fault {
            Some(Fault::MissingInside) => zone,
            Some(Fault::Hairpin) => with_address(zone, &im, PROXIES[site.proxy].1),
            Some(Fault::OldZone) if !up_to_date => with_address(zone, &im, OLD_ROUTER),
            _ => site.routers.iter().fold(zone, |zone, router| with_address(zone, &im, *router)),
        };
        if let Some(home) = site.home {
            zone = with_address(zone, &site.home_host().parse()?, home);
        }
        zone = with_service(zone, site, &im)?;
    }
    Ok(zone)
}

/// The zone of the external server.
pub(super) fn external() -> Result<Zone, NameError> {
    let mut zone = Zone::new();
    for site in &SITES {
        if !site.external {
            // The e-mail domain takes mail from outside all the same.
            zone = with_address(zone, &format!("mail.{}", site.email).parse()?, [203, 0, 113, 25]);
            continue;
        }
        let im = site.im_name()?;
        zone = match site.fault {
            Some(Fault::Leaked) => site.routers.iter().fold(zone, |zone, router| with_address(zone, &im, *router)),
            _ => with_address(zone, &im, PROXIES[site.proxy].1),
        };
        zone = with_service(zone, site, &im)?;
    }
    Ok(zone)
}

fn with_address(zone: Zone, owner: &DomainName, address: [u8; 4]) -> Zone {
    zone.with(owner.clone(), TTL_SECS, RecordData::A(Ipv4Addr::from(address)))
}

fn with_service(zone: Zone, site: &Site, im: &DomainName) -> Result<Zone, NameError> {
    let owner = site.email.parse::<DomainName>()?.prefixed("_rvp._tcp.")?;
    Ok(zone.with(owner, TTL_SECS, RecordData::Srv { priority: 0, weight: 0, port: 80, target: im.clone() }))
}
