//! The vocabulary of DNS: names, records, views, zones. Pure; never opens a socket or a file.

mod address_scope;
mod name;
mod record;
mod shard;
mod view;
mod zone;
pub mod zone_file;

pub use address_scope::AddressScope;
pub use name::{DomainName, NameError};
pub use record::{Record, RecordData, RecordType};
pub use shard::{Shard, ShardError};
pub use view::View;
pub use zone::{Zone, ZoneAnswer, Zones};
