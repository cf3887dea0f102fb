//! The name somebody most likely meant.

/// The candidate with the fewest mistakes (Damerau-Levenshtein distance), if there are no more than
/// `most`; of several, the first in alphabetical order.
#[must_use]
pub fn nearest<T: AsRef<str> + Ord>(
    given: &str,
    candidates: impl IntoIterator<Item = T>,
    most: usize,
) -> Option<T> {
    candidates
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(name.as_ref(), given), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn no_more_mistakes_than_allowed() {
        assert_eq!(nearest("thme", ["mouse", "theme"], 2), Some("theme"));
        assert_eq!(nearest("th", ["mouse", "theme"], 2), None);
        assert_eq!(nearest("b", ["c", "a"], 1), Some("a"));
    }
}
