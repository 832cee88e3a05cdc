//! LDIF that sets `msExchIMAddress` (RFC 2849). Never writes a value raw that could be read as something else.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::email::ImAddress;

/// Writes the change of one person; the first one is headed by the version.
pub(super) fn write(writer: &mut impl Write, first: bool, dn: &str, im: &ImAddress) -> io::Result<()> {
    if first {
        writeln!(writer, "version: 1\n")?;
    }
    value(writer, "dn", dn)?;
    writeln!(writer, "changetype: modify\nreplace: msExchIMAddress")?;
    value(writer, "msExchIMAddress", &im.to_string())?;
    writeln!(writer, "-\n")
}

fn value(writer: &mut impl Write, attribute: &str, text: &str) -> io::Result<()> {
    if is_safe(text) {
        writeln!(writer, "{attribute}: {text}")
    } else {
        writeln!(writer, "{attribute}:: {}", STANDARD.encode(text))
    }
}

/// `SAFE-STRING`, and no space at the end, which readers lose (RFC 2849, notes 4 and 8).
fn is_safe(text: &str) -> bool {
    let octets = text.bytes().all(|octet| octet.is_ascii() && !matches!(octet, b'\0' | b'\n' | b'\r'));
    octets && !text.starts_with([' ', ':', '<']) && !text.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_stay_as_they_are_and_the_rest_becomes_base64() {
        for text in ["", "CN=Ann,DC=example", "a:b <c", "a  b"] {
            assert!(is_safe(text), "{text:?}");
        }
        for text in [" a", "a ", ":a", "<a", "ä", "a\nb", "a\rb", "a\0b"] {
            assert!(!is_safe(text), "{text:?}");
        }
    }
}
