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
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    const WSAEMFILE: i32 = 10_024;
    matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::OutOfMemory | io::ErrorKind::AddrInUse)
        || matches!(error.raw_os_error(), Some(EMFILE | ENFILE | WSAEMFILE))
}
