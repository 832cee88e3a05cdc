//! Signed questions and proven answers (RFC 8945). Believes no answer without a good signature, and shows no secret.

use std::time::{SystemTime, UNIX_EPOCH};

use hickory_proto::op::Message;
use hickory_proto::rr::Name;
use hickory_proto::rr::TSigner;
use hickory_proto::rr::rdata::tsig::{TsigAlgorithm as WireAlgorithm, TsigError};

use crate::dns::{TsigAlgorithm, TsigKey};
use crate::observe::Failure;

/// How far the clocks may differ, seconds (RFC 8945 10).
const FUDGE_SECS: u16 = 300;

/// A key, ready to sign.
#[derive(Clone)]
pub(super) struct Signer {
    signer: TSigner,
    name: String,
}

/// What an answer is proven against: the signature of its question.
#[derive(Clone)]
pub(super) struct Proof {
    signer: Signer,
    mac: Vec<u8>,
    signed_at: u64,
}

impl Signer {
    /// `None` where the key fits into no message; a checked key always does.
    pub(super) fn new(key: &TsigKey) -> Option<Self> {
        let algorithm = match key.algorithm {
            TsigAlgorithm::HmacSha256 => WireAlgorithm::HmacSha256,
            TsigAlgorithm::HmacSha384 => WireAlgorithm::HmacSha384,
            TsigAlgorithm::HmacSha512 => WireAlgorithm::HmacSha512,
        };
        let name = Name::from_labels(key.name.wire_labels()).ok()?;
        let signer = TSigner::new(key.secret().to_vec(), algorithm, name, FUDGE_SECS).ok()?;
        Some(Self { signer, name: key.name.to_string() })
    }

    /// Signs a question; what it is answered with has to fit the proof.
    pub(super) fn sign(&self, message: &mut Message) -> Option<Proof> {
        let signed_at = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        message.finalize(&self.signer, signed_at).ok()?;
        let mac = message.signature()?.data.mac.clone();
        Some(Proof { signer: self.clone(), mac, signed_at })
    }
}

impl Proof {
    /// Whether the packet, which reads as `message`, was signed by who has the key, in answer to this question; else why it is
    /// not believed.
    pub(super) fn check(&self, packet: &[u8], message: &Message) -> Result<(), Failure> {
        let name = &self.signer.name;
        let Some(signature) = message.signature() else {
            return Err(Failure::Unproven("the answer is not signed".to_owned()));
        };
        let why = match signature.data.error {
            Some(TsigError::BadKey) => {
                format!("BADKEY: the server does not take the key {name}: its name, algorithm or secret is another there")
            }
            Some(TsigError::BadSig) => format!("BADSIG: the server has another secret for the key {name}"),
            Some(TsigError::BadTime) => {
                format!("BADTIME: this machine's clock and the server's differ by more than {FUDGE_SECS} s")
            }
            Some(other) => format!("TSIG error {}", u16::from(other)),
            None => match self.signer.signer.verify_message_byte(packet, Some(&self.mac), true) {
                Ok((_, _, good_for)) if good_for.contains(&self.signed_at) => return Ok(()),
                Ok(_) => "BADTIME: the answer was signed at another time".to_owned(),
                Err(_) => format!("BADSIG: the answer's signature is not of the key {name}"),
            },
        };
        Err(Failure::Unproven(why))
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signer").field(&self.name).finish()
    }
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Proof").field(&self.signer.name).finish()
    }
}
