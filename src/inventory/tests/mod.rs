//! Tests of reading imctl.toml.

use super::*;

fn read(text: &str) -> Result<Inventory, Mistakes> {
    parse(text, "imctl.toml", &Context { rules: &[], read: &|_| Err(std::io::ErrorKind::NotFound.into()) })
}

#[test]
fn the_inventory_of_the_manual_is_read() {
    let inventory = read(include_str!("sample.toml")).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(inventory.domains.len(), 1);
    assert_eq!(inventory.machines().count(), 3);
    assert_eq!(inventory.domains[0].place, Place::new("imctl.toml", 12, 19));
}
