//! The vocabulary of DNS: names, records, views. Pure; never opens a socket.

mod address_scope;
mod name;
mod record;
mod view;

pub use address_scope::AddressScope;
pub use name::{DomainName, NameError};
pub use record::{Record, RecordData, RecordType};
pub use view::View;
