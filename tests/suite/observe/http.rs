//! What HTTP servers do, kind and hostile, and what is made of it.
