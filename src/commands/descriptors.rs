//! How many sockets probes may have open at a time on this system. Changes no limit.

use std::fs;

/// Those that are left to everything else: DNS servers, files, the terminal.
const FOR_OTHERS: usize = 128;
/// So many are enough: a thousand silent machines are waited for at the same time, and others go on beside them.
const ENOUGH: usize = 1280;
/// What some systems grant a process, where this one does not say.
const GRANTED: usize = 256;

/// The most sockets of probes at one time.
pub(super) fn for_probes() -> usize {
    let granted = fs::read_to_string("/proc/self/limits").ok().and_then(|limits| soft_limit(&limits));
    granted.unwrap_or(GRANTED).saturating_sub(FOR_OTHERS).clamp(FOR_OTHERS / 8, ENOUGH)
}

/// The soft limit of open files, from what Linux says of a process.
fn soft_limit(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(usize::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_counts() {
        let limits = |soft| {
            format!("Limit  Soft Limit  Hard Limit  Units\nMax processes 5 5 processes\nMax open files  {soft}  4096  files\n")
        };
        assert_eq!(soft_limit(&limits("1024")), Some(1024));
        assert_eq!(soft_limit(&limits("unlimited")), Some(usize::MAX));
        assert_eq!(soft_limit("nothing of the kind"), None);
    }

    #[test]
    fn probes_always_have_some_and_never_more_than_enough() {
        assert!((FOR_OTHERS / 8..=ENOUGH).contains(&for_probes()));
    }
}
