//! Room in the pipes on both sides, so that who writes, who derives and who reads need not wait for each other at every 64 KiB. Never
//! reads or writes.

use std::io::{Stdin, Stdout};

/// Widens what is a pipe. It stays as it is where the system grants no more.
#[cfg(target_os = "linux")]
pub(super) fn widen(input: &Stdin, output: &Stdout) {
    use std::os::fd::AsFd as _;

    use rustix::pipe::{fcntl_getpipe_size, fcntl_setpipe_size};

    /// What a pipe is to hold, octets: the most that Linux grants anybody unless it is told otherwise.
    const ROOM: usize = 1024 * 1024;

    for end in [input.as_fd(), output.as_fd()] {
        // A file or a terminal has no such size.
        if fcntl_getpipe_size(end).is_ok_and(|size| size < ROOM) {
            let _ = fcntl_setpipe_size(end, ROOM);
        }
    }
}

/// Elsewhere pipes have the size that the system gives them.
#[cfg(not(target_os = "linux"))]
pub(super) fn widen(_input: &Stdin, _output: &Stdout) {}
