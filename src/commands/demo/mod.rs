//! `imctl demo`: a whole deployment on loopback with planted faults. Never leaves this machine.

mod deployment;
mod inventory;
mod machines;
mod sites;
mod zones;

pub use deployment::{Deployment, PEOPLE_FILE};
pub use sites::Planted;
