//! Share files, and the team that is made of them.

use super::Target;
use crate::mutate::Seeds;
use crate::trial::Chance;
use lmq::core::team::Team;
use lmq::formats::share;
use lmq::formats::share::ShareError;
use serde_json::Value;
use sha2::Digest as _;
use sha2::Sha256;
use std::hint::black_box;

pub(super) fn targets() -> Vec<Target> {
    vec![Target::new("share", Seeds::of(&["share"]), read)]
}

/// The same file with the hash that its content has: as somebody makes it who wants to be believed.
fn with_its_hash(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()?;
    let hash = Sha256::digest(document.get("content")?.to_string().as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    *document.get_mut("sha256")? = hash.into();
    Some(document.to_string().into_bytes())
}

fn read(bytes: &[u8], chance: &mut Chance) -> Result<(), String> {
    let outcome = match share::read(bytes) {
        Err(ShareError::Changed) => with_its_hash(bytes).map_or(Err(ShareError::Changed), |bytes| share::read(&bytes)),
        outcome => outcome,
    };
    let (share, _) = match outcome {
        Ok(read) => read,
        Err(error) if error.to_string().trim().is_empty() => return Err("refused without a word".to_owned()),
        Err(_) => return Ok(()),
    };
    let mut out = Vec::new();
    share::write(&share, &mut out).map_err(|error| error.to_string())?;
    match share::read(&out) {
        Ok((again, _)) if again == share => {}
        other => return Err(format!("{share:?} became {other:?}")),
    }
    // No sum of a whole team overflows.
    let mut team = Team::default();
    (0..chance.below(14)).for_each(|_| team.add(&share));
    black_box(team.figures());
    Ok(())
}
