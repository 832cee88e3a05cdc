//! One input of a list: an address or what stands where one should, and the signs of a damaged export. Never reads a list.

use std::fmt;
use std::sync::Arc;

use super::characters::is_plain;
use super::derive::Remark;
use super::excerpt::excerpt;
use super::taker::Taker;
use super::{Address, Piece, ProblemKind, split};
use crate::place::Place;

/// One input: an address, or what stands where one should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters; where the fault is, if there is one.
    pub column: u32,
    /// As it stands in the list; UTF-8 unless the list is damaged.
    pub raw: &'a [u8],
    /// The address, or why there is none.
    pub found: Result<Address, Remark>,
    /// What is odd about it all the same.
    pub remarks: Vec<Remark>,
    /// Why it is left out on purpose, as one clause that names it; `None` for most.
    pub skipped: Option<String>,
    /// Whose address it is, where the list says more than the address.
    pub owner: Option<Owner<'a>>,
}

/// What a directory's record says about the person whose address it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owner<'a> {
    /// Which record of the list it is, from 1, and the attribute; `None` in tables, where line and column say it.
    pub source: Option<(u64, &'a str)>,
    /// The person's name in the list, for a reader; empty where it has none.
    pub label: &'a str,
    /// The distinguished name, under which the directory knows the person.
    pub dn: Option<&'a str>,
    /// `msExchIMAddress`, the IM address that the directory holds already.
    pub im_address: Option<&'a str>,
    /// `mailNickname`, from which the directory makes IM addresses.
    pub alias: Option<&'a str>,
}

/// A value that holds an address or several, and what is known about it besides.
#[derive(Clone, Debug)]
pub(super) struct Value<'a> {
    /// Where its text begins.
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) text: &'a str,
    /// Goes with the first address.
    pub(super) remark: Option<Remark>,
    /// Whether the account is shut, so that nobody signs in with it.
    pub(super) suspended: bool,
    pub(super) owner: Option<Owner<'a>>,
}

impl<'a> Value<'a> {
    /// Hands its addresses to `taker`, in order; a value without one is refused.
    pub(super) fn emit<E>(mut self, taker: &mut dyn Taker<E>) -> Result<(), E> {
        let bare = self.text.strip_prefix("SMTP:").unwrap_or(self.text);
        let compared = self.owner.is_some_and(|owner| owner.im_address.is_some());
        let nothing_else = self.remark.is_none() && !self.suspended && !compared;
        if nothing_else && taker.value(bare.as_bytes(), &|| (self.line, self.column))? {
            return Ok(());
        }
        if let Some(address) = Address::ordinary(bare) {
            let mut entry = Entry::ordinary(self.line, self.column, self.text, address);
            entry.remarks.extend(self.remark.take());
            self.tell(&mut entry);
            return taker.entry(entry);
        }
        let mut any = false;
        split::each(self.text, |piece| {
            any = true;
            let mut entry = Entry::of_piece(piece, self.line, self.column);
            entry.remarks.extend(self.remark.take());
            self.tell(&mut entry);
            taker.entry(entry)
        })?;
        if any {
            return Ok(());
        }
        let why = Remark::new(ProblemKind::InvalidAddress, self.text, "it holds no address: write local-part@domain");
        let mut entry = Entry::refused(self.line, self.column, self.text.as_bytes(), why);
        self.tell(&mut entry);
        taker.entry(entry)
    }

    fn tell(&self, entry: &mut Entry<'a>) {
        entry.owner = self.owner;
        if self.suspended {
            entry.skipped = Some(format!("{:?}: the account is suspended: it gets no IM address", excerpt(self.text)));
        }
    }
}

impl fmt::Display for Owner<'_> {
    /// Which record, as it goes after a message; nothing where line and column say it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((number, attribute)) = self.source else { return Ok(()) };
        write!(f, " ({attribute}{}record {number}", if attribute.is_empty() { "" } else { " of " })?;
        if !self.label.is_empty() {
            write!(f, ", {}", excerpt(self.label))?;
        }
        f.write_str(")")
    }
}

impl<'a> Entry<'a> {
    /// The entry of a piece of a line or cell. `line` is where the text begins, `column` where in that line.
    pub(super) fn of_piece(piece: Piece<'a>, line: u32, column: u32) -> Self {
        let shift = column.saturating_sub(1);
        let raw = piece.text.as_bytes();
        if let Some(damage) = damage(piece.text) {
            return Self::refused(line, piece.column.saturating_add(shift), raw, damage);
        }
        match piece.address {
            Ok(address) => {
                let remarks = question_mark(&address).into_iter().collect();
                Self {
                    line,
                    column: piece.column.saturating_add(shift),
                    raw,
                    found: Ok(address),
                    remarks,
                    skipped: None,
                    owner: None,
                }
            }
            Err(error) => {
                let refusal = Remark::of_fault(piece.text, &error.fault);
                Self::refused(line, error.column.saturating_add(shift), raw, refusal)
            }
        }
    }

    /// The entry of a text that is one ordinary address.
    pub(super) fn ordinary(line: u32, column: u32, text: &'a str, address: Address) -> Self {
        Self { line, column, raw: text.as_bytes(), found: Ok(address), remarks: Vec::new(), skipped: None, owner: None }
    }

    /// An entry that gives no address.
    pub(super) fn refused(line: u32, column: u32, raw: &'a [u8], why: Remark) -> Self {
        Self { line, column, raw, found: Err(why), remarks: Vec::new(), skipped: None, owner: None }
    }

    /// Text that is not UTF-8, from `raw`'s first bad octet on; `column` is where `raw` begins.
    pub(super) fn not_utf8(line: u32, column: u32, raw: &'a [u8], error: std::str::Utf8Error) -> Self {
        let good = raw.get(..error.valid_up_to()).unwrap_or_default();
        let more = u32::try_from(String::from_utf8_lossy(good).chars().count()).unwrap_or(u32::MAX);
        let octet = raw.get(error.valid_up_to()).copied().unwrap_or_default();
        let why = format!("octet {} is 0x{octet:02X}, not UTF-8: save the list as UTF-8 or UTF-16", error.valid_up_to() + 1);
        let why = Remark::new(ProblemKind::InvalidAddress, &String::from_utf8_lossy(raw), why);
        Self::refused(line, column.saturating_add(more), raw, why)
    }

    /// Where the entry stands.
    pub fn place(&self, file: &Arc<str>) -> Place {
        Place::new(file.clone(), self.line, self.column)
    }
}

/// What shows that an export lost something on its way (rvp.md 4.1-4.3).
pub(super) fn damage(text: &str) -> Option<Remark> {
    // Nearly all text is whole, and shows it.
    if is_plain(text) && !is_type_name(text) && !is_cut_short(text) {
        return None;
    }
    let why = if text.contains('\0') {
        "it contains NUL: the list mixes encodings, export it again in one"
    } else if text.contains('\u{fffd}') {
        "it contains U+FFFD, which stands for characters that were lost: export the list again as UTF-8"
    } else if !text.contains('@') && is_type_name(text) {
        "it is the name of a type, not its values: export again with -join ';', as in \
         Select-Object @{n='EmailAddresses';e={$_.EmailAddresses -join ';'}}"
    } else if is_cut_short(text) {
        "it ends in an ellipsis: the export was cut short, export again with Export-Csv in place of Format-List, or set \
         $FormatEnumerationLimit = -1 before it"
    } else {
        return None;
    };
    Some(Remark::new(ProblemKind::DamagedExport, text, why))
}

fn is_type_name(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("System.") || text.starts_with("Microsoft.Exchange.") || text.starts_with("Microsoft.ActiveDirectory.")
}

fn is_cut_short(text: &str) -> bool {
    if text.bytes().last().is_some_and(|octet| octet.is_ascii_alphanumeric()) {
        return false;
    }
    let text = text.trim_end_matches(['}', ' ', '>']);
    text.ends_with("...") || text.ends_with('…')
}

/// Windows `PowerShell` writes `?` for what ASCII lacks: `M?ller` is legal and almost surely damaged.
fn question_mark(address: &Address) -> Option<Remark> {
    let local = address.local.as_str();
    let name = local.chars().all(|c| c.is_alphanumeric() || "?.-_'".contains(c));
    (name && local.contains('?')).then(|| {
        let why = "a \"?\" in a name mostly stands for a lost character: export the list again as UTF-8";
        Remark::new(ProblemKind::DamagedExport, &address.to_string(), why)
    })
}
