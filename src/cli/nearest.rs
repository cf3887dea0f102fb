//! The name somebody most likely meant.

/// The candidate nearest to what was given by Damerau-Levenshtein distance, where it is near enough
/// to be meant: about a third of the letters wrong, or one is the beginning of the other.
pub(super) fn nearest<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let plain = |s: &str| s.to_lowercase().replace('_', "-");
    let meant = plain(given);
    let most = (meant.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let there = plain(candidate);
            let distance = strsim::damerau_levenshtein(&meant, &there);
            let begins = meant.len() >= 3 && there.starts_with(&meant);
            (distance <= most || begins).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_what_was_likely_meant_is_suggested() {
        let names = ["temperature", "tilt", "step_size", "barrier"];
        for (given, meant) in [
            ("temprature", Some("temperature")),
            ("temp", Some("temperature")),
            ("step-size", Some("step_size")),
            ("Barrier", Some("barrier")),
            ("tlit", Some("tilt")),
            ("x", None),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(given, names).as_deref(), meant, "{given}");
        }
    }
}
