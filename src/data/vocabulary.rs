//! A text cut to a vocabulary, and in two: what is learned from and what is held out.
//!
//! The V - 1 commonest words keep their names and all others become one *unknown word*; with V as
//! large as the text's own vocabulary there is none. The last tenth of the text is held out: a
//! stretch in one piece, because words of a text are not independent.

use super::words::Corpus;

/// The share of the text that is learned from.
const LEARNED: f64 = 0.9;

/// A text in numbers below V, in two parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitedText {
    /// How many words there are, the unknown one included: V.
    pub size: usize,
    /// The number of the unknown word, where there is one.
    pub unknown: Option<u32>,
    /// The running text to learn from.
    pub training: Vec<u32>,
    /// The running text that is held out.
    pub held_out: Vec<u32>,
    /// How often each word occurs in the training part, plus one: a word that only the held-out
    /// part has is rare and not impossible (Laplace's rule of succession).
    pub counts: Vec<u64>,
}

impl LimitedText {
    /// Cuts a text to at most `size` words, and at least two.
    #[must_use]
    pub fn new(corpus: &Corpus, size: usize) -> Self {
        let types = corpus.vocabulary().len();
        let size = size.clamp(2, types.max(2));
        let unknown = (size < types).then_some(size as u32 - 1);
        let last = size as u32 - 1;
        let mut training: Vec<u32> = corpus.words().iter().map(|w| (*w).min(last)).collect();
        let held_out = training.split_off((LEARNED * training.len() as f64) as usize);
        let mut counts = vec![1; size];
        for word in &training {
            counts[*word as usize] += 1;
        }
        Self { size, unknown, training, held_out, counts }
    }

    /// The number of a word of the corpus, if it has kept its name.
    #[must_use]
    pub fn named(&self, number: usize) -> Option<usize> {
        (number < self.size && Some(number as u32) != self.unknown).then_some(number)
    }

    /// The share of the running text that is the unknown word.
    #[must_use]
    pub fn unknown_share(&self) -> f64 {
        let Some(unknown) = self.unknown else { return 0.0 };
        let all = self.training.len() + self.held_out.len();
        let there = self.training.iter().chain(&self.held_out).filter(|w| **w == unknown).count();
        there as f64 / all.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::LimitedText;
    use crate::data::words::Corpus;

    #[test]
    fn rare_words_become_one() {
        let corpus = Corpus::parse("a.txt", &"a a a b b c d ".repeat(10)).expect("a text");
        let text = LimitedText::new(&corpus, 3);
        assert_eq!((text.size, text.unknown), (3, Some(2)));
        assert_eq!(text.training[..7], [0, 0, 0, 1, 1, 2, 2]);
        assert_eq!((text.training.len(), text.held_out.len()), (63, 7));
        assert_eq!(text.counts, [28, 19, 19]);
        assert_eq!((text.named(1), text.named(2), text.named(3)), (Some(1), None, None));
        assert!((text.unknown_share() - 2.0 / 7.0).abs() < 1e-12);
    }

    #[test]
    fn all_words_can_be_had() {
        let alice = Corpus::alice();
        for size in [2_674, 100_000] {
            let text = LimitedText::new(alice, size);
            assert_eq!((text.size, text.unknown, text.unknown_share()), (2_674, None, 0.0));
            assert_eq!(text.training, alice.words()[..text.training.len()]);
            assert_eq!(text.named(2_673), Some(2_673));
        }
    }
}
