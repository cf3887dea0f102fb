//! The lessons: one file each, and the one table that lists them.

pub mod boltzmann;
pub mod classifier_head;
pub mod compare;
pub mod contrastive_divergence;
pub mod cost;
pub mod energy;
pub mod gradient_race;
pub mod image_noise;
pub mod info_nce;
pub mod likelihood;
pub mod mcmc;
pub mod mutual_information;
pub mod nce;
pub mod noise;
pub mod partition;
pub mod score_matching;
mod shared;
pub mod siglip;
pub mod simclr;
pub mod word_noise;

use crate::lab::blueprint::Blueprint;

/// Every lesson, in the order it is taught.
pub static LESSONS: &[&Blueprint] = &[
    &energy::BLUEPRINT,
    &boltzmann::BLUEPRINT,
    &partition::BLUEPRINT,
    &likelihood::BLUEPRINT,
    &mcmc::BLUEPRINT,
    &contrastive_divergence::BLUEPRINT,
    &score_matching::BLUEPRINT,
    &nce::BLUEPRINT,
    &gradient_race::BLUEPRINT,
    &noise::BLUEPRINT,
    &classifier_head::BLUEPRINT,
    &word_noise::BLUEPRINT,
    &image_noise::BLUEPRINT,
    &info_nce::BLUEPRINT,
    &mutual_information::BLUEPRINT,
    &simclr::BLUEPRINT,
    &siglip::BLUEPRINT,
    &cost::BLUEPRINT,
    &compare::BLUEPRINT,
];

/// The lesson of an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Blueprint> {
    LESSONS.iter().copied().find(|l| l.id == id)
}
