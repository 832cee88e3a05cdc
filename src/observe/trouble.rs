//! The system's errors in words. Decides only whether they are this machine's own.

use std::io;

/// A system error as a clause: `connection refused`, `host unreachable`.
pub(super) fn words(error: &io::Error) -> String {
    let kind = error.kind().to_string();
    let vague = matches!(error.kind(), io::ErrorKind::Other) || kind.starts_with("uncategorized");
    if vague { error.to_string() } else { kind }
}

/// Whether the error tells of this machine's own limits: descriptors, memory, free ports.
pub(super) fn is_ours(error: &io::Error) -> bool {
    is_full(error)
        || matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::OutOfMemory | io::ErrorKind::AddrInUse)
}

/// Whether there are too many open files, which passes when others are closed.
pub(super) fn is_full(error: &io::Error) -> bool {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    const WSAEMFILE: i32 = 10_024;
    matches!(error.raw_os_error(), Some(EMFILE | ENFILE | WSAEMFILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_sides_refusal_is_not_ours() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!((words(&refused).as_str(), is_ours(&refused)), ("connection refused", false));
        assert!(!is_ours(&io::ErrorKind::HostUnreachable.into()));
    }

    #[test]
    fn want_of_descriptors_is_ours_and_has_words() {
        let full = io::Error::from_raw_os_error(24);
        assert!(is_ours(&full) && is_full(&full));
        assert!(!words(&full).starts_with("uncategorized"));
    }
}
