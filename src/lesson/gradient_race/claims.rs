//! Claim 9 of the post, the race's part.

use crate::lab::claim::Claim;

pub(super) const CLAIMS: &[Claim] = &[];
