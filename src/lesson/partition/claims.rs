//! Claim 8 of the post.

use crate::lab::claim::{Claim, Expected, Measurement, Verdict};

pub(super) const CLAIMS: &[Claim] = &[Claim { number: 8, verdict: Verdict::Loose, measure }];

fn measure() -> Vec<Measurement> {
    vec![Measurement { what: "x", measured: 1.0, expected: Expected::AtMost(1.0) }]
}
