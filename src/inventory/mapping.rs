//! What the inventory says about e-mail domains, for deriving. Never derives.

use super::Inventory;
use crate::email::{Mapping, PrefixError};

impl Mapping {
    /// The mapping that an inventory declares: its prefix, and what each `[[domain]]` takes.
    pub fn of_inventory(inventory: &Inventory) -> Result<Self, PrefixError> {
        Self::with_prefix_of(inventory, &inventory.prefix)
    }

    /// The same with another prefix.
    pub fn with_prefix_of(inventory: &Inventory, prefix: &str) -> Result<Self, PrefixError> {
        let mut mapping = Self::new(prefix)?;
        for domain in &inventory.domains {
            mapping.declare(&domain.name, &domain.email);
        }
        Ok(mapping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::DomainName;
    use crate::email::derive;
    use crate::inventory::Domain;
    use crate::place::Place;

    fn derived(email: &str, mapping: &Mapping) -> String {
        derive(&email.parse().expect("an address"), mapping).expect("derives").address.to_string()
    }

    #[test]
    fn domains_take_what_they_declare_and_the_prefix_the_rest() {
        let name = |text: &str| text.parse::<DomainName>().expect("a name");
        let mut domain = Domain::bare(name("chat.example.com"), Place::command_line());
        domain.email = vec![name("example.com"), name("example.net")];
        let inventory = Inventory { prefix: "talk.".to_owned(), domains: [domain].into_iter().collect(), ..Inventory::default() };
        let mapping = Mapping::of_inventory(&inventory).expect("a prefix");
        assert_eq!(derived("ann@example.net", &mapping), "ann@chat.example.com");
        assert_eq!(derived("ann@example.org", &mapping), "ann@talk.example.org");
        let mapping = Mapping::with_prefix_of(&inventory, "im.").expect("a prefix");
        assert_eq!(derived("ann@example.org", &mapping), "ann@im.example.org");
    }
}
