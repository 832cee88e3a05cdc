//! The domains of a run, one after the other, as the pipeline takes them.

use std::borrow::Cow;

use futures_util::stream;

use crate::inventory::{Domain, Inventory};

/// All domains of the inventory.
pub(super) fn all(inventory: &Inventory) -> impl stream::Stream<Item = Result<Cow<'_, Domain>, String>> + Unpin {
    stream::iter(inventory.domains.iter().map(|domain| Ok(Cow::Borrowed(domain))))
}
