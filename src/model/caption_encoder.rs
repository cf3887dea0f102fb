//! What a caption is to a small text encoder: a bag of its words and of their pairs of letters, in a
//! vocabulary of its own. The bag, divided by its length, goes into an [`super::encoder::Encoder`]
//! whose first layer then holds one embedding for each feature, summed over the caption. The order
//! of words is lost.
//!
//! Bags of words with subword units: Bojanowski, Grave, Joulin and Mikolov, Enriching word vectors
//! with subword information, TACL 5, 2017.

use std::collections::BTreeMap;

/// The features that captions are told by.
#[derive(Clone, Debug, Default)]
pub struct Features {
    places: BTreeMap<String, usize>,
}

/// The features of a caption, one by one: each word, and each pair of neighbours in it, `^` before
/// the first letter and `$` after the last. A syllable of Hangul is one letter.
fn features(caption: &str) -> Vec<String> {
    let mut all = Vec::new();
    for word in caption.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        let word = word.to_lowercase();
        let letters: Vec<char> =
            std::iter::once('^').chain(word.chars()).chain(std::iter::once('$')).collect();
        all.extend(letters.windows(2).map(|pair| pair.iter().collect::<String>()));
        all.push(word);
    }
    all
}

impl Features {
    /// Those of some captions, in the order in which they first come.
    #[must_use]
    pub fn of<'a>(captions: impl IntoIterator<Item = &'a str>) -> Self {
        let mut places = BTreeMap::new();
        for feature in captions.into_iter().flat_map(features) {
            let next = places.len();
            places.entry(feature).or_insert(next);
        }
        Self { places }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// A caption as how often it has each feature, times a factor that makes the length of the row
    /// the root of the number of features: as long as a row of so many standardised numbers. What is
    /// in no vocabulary is left out; a caption of nothing else is all zeros.
    #[must_use]
    pub fn bag(&self, caption: &str) -> Vec<f32> {
        let mut bag = vec![0.0_f32; self.count()];
        for feature in features(caption) {
            if let Some(place) = self.places.get(&feature) {
                bag[*place] += 1.0;
            }
        }
        let length = bag.iter().map(|v| v * v).sum::<f32>().sqrt();
        if length > 0.0 {
            let factor = (self.count() as f32).sqrt() / length;
            bag.iter_mut().for_each(|v| *v *= factor);
        }
        bag
    }
}

#[cfg(test)]
mod tests {
    use super::{Features, features};

    #[test]
    fn a_caption_is_its_words_and_their_pairs_of_letters() {
        assert_eq!(features("a Six"), ["^a", "a$", "a", "^s", "si", "ix", "x$", "six"]);
        assert_eq!(features("하나, 7"), ["^하", "하나", "나$", "하나", "^7", "7$", "7"]);
    }

    #[test]
    fn bags_are_of_one_length_and_know_no_order() {
        let captions = ["the digit 7", "a handwritten seven"];
        let known = Features::of(captions);
        let bag = known.bag("the digit seven");
        let squares: f32 = bag.iter().map(|v| v * v).sum();
        assert!((squares / known.count() as f32 - 1.0).abs() < 1e-5);
        assert_eq!(bag, known.bag("seven, the digit"));
        assert_ne!(bag, known.bag("the digit 7"));
        assert!(known.bag("공").iter().all(|v| *v == 0.0));
    }
}
